/** What this room asks of the service's log. */
export interface Log {
  warn(data: object, message: string): void;
  debug(data: object, message: string): void;
}
