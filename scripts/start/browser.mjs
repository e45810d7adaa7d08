import { spawn } from 'node:child_process';

/** Opens an address in the person's browser. Answers whether there was one to try. */
export function openBrowser(address) {
  const [program, ...args] = opener(address);
  if (!program) {
    return false;
  }
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  // No browser is no failure: the address is printed in any case.
  child.on('error', () => {});
  child.unref();
  return true;
}

function opener(address) {
  if (process.platform === 'darwin') {
    return ['open', address];
  }
  if (process.platform === 'win32') {
    return ['explorer', address];
  }
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? ['xdg-open', address] : [];
}
