import { readFileSync } from 'node:fs';

/** What a process did to the files below a folder, in order; see recorder.c. Paths are relative to the folder. */
export type Step =
  | { op: 'create' | 'mkdir'; path: string; inode: bigint }
  /** `synchronous`: what it wrote was durable when it returned (O_DSYNC). */
  | { op: 'write'; inode: bigint; offset: number; data: Buffer; synchronous: boolean }
  | { op: 'truncate'; inode: bigint; length: number }
  /** Of a file or of a folder's names. */
  | { op: 'sync'; inode: bigint }
  | { op: 'rename'; path: string; to: string }
  | { op: 'unlink' | 'rmdir'; path: string };

/** A step, and how long the log was when it had been noted. */
export type Recorded = Step & { end: number; process: number };

const HEADER_BYTES = 40;
const OPS = [undefined, 'create', 'write', 'truncate', 'sync', 'rename', 'unlink', 'mkdir', 'rmdir'] as const;

/** Reads a whole log. */
export function readRecording(log: string): Recorded[] {
  const bytes = readFileSync(log);
  const steps: Recorded[] = [];
  for (let at = 0; at < bytes.length;) {
    const op = OPS[bytes[at]!];
    const pathEnd = at + HEADER_BYTES + bytes.readUInt16LE(at + 2);
    const path = bytes.toString('utf8', at + HEADER_BYTES, pathEnd);
    const otherEnd = pathEnd + bytes.readUInt16LE(at + 4);
    const to = bytes.toString('utf8', pathEnd, otherEnd);
    const inode = bytes.readBigUInt64LE(at + 8);
    const number = Number(bytes.readBigInt64LE(at + 16));
    const end = otherEnd + Number(bytes.readBigUInt64LE(at + 24));
    const noted = { end, process: Number(bytes.readBigUInt64LE(at + 32)) };
    switch (op) {
      case 'create':
      case 'mkdir':
        steps.push({ op, path, inode, ...noted });
        break;
      case 'write': {
        const synchronous = bytes[at + 1] === 1;
        steps.push({ op, inode, offset: number, data: bytes.subarray(otherEnd, end), synchronous, ...noted });
        break;
      }
      case 'truncate':
        steps.push({ op, inode, length: number, ...noted });
        break;
      case 'sync':
        steps.push({ op, inode, ...noted });
        break;
      case 'rename':
        steps.push({ op, path, to, ...noted });
        break;
      case 'unlink':
      case 'rmdir':
        steps.push({ op, path, ...noted });
        break;
      default:
        throw new Error(`The log of a recording has an unknown step at ${at}.`);
    }
    at = end;
  }
  return steps;
}
