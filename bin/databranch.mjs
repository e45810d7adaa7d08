#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundle = new URL('../databranch/service/databranch.mjs', import.meta.url);

if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  console.error("databranch: the service is not built yet; run 'npm install' and then 'npm run build'.");
  process.exitCode = 69;
}
