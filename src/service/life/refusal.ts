/** Exit statuses, from sysexits.h where it has one. */
export const EXIT = {
  failure: 1,
  /** `databranch status`: no service runs on the folder. */
  notRunning: 3,
  usage: 64,
  unavailable: 69,
  /** Another service holds the data folder: try again later, or use that one. */
  temporary: 75,
  configuration: 78
} as const;

/** A command that is refused, with the sentence for the person who has to act and the process's exit status. */
export class Refusal extends Error {
  override name = 'Refusal';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failure
  ) {
    super(message);
  }
}
