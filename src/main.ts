#!/usr/bin/env node
/**
 * The entry of the command: exits if Node.js is too old. An old Node.js must parse this file, so it has no static import and no syntax
 * newer than ES2020.
 */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// As in `engines` of package.json, which npx ignores.
if (major > 22 || (major === 22 && minor >= 19)) {
  void import('./command/run-command.ts').then(({ runCommand }) => runCommand(process.argv.slice(2)));
} else {
  console.error(`dashly-graphql-gateway needs Node.js 22.19 or later, but this is ${process.versions.node}.`);
  process.exitCode = 1;
}
