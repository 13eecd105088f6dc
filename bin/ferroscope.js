#!/usr/bin/env node
// Starts the command line. Plain JavaScript, so that an old Node gets a sentence and not a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  const message = `ferroscope needs Node 22.12 or newer; this is ${process.version}.`;
  const hint =
    'Install a newer Node. Inside a clone "npx ferroscope …" and npm scripts run on the Node 24 that npm ci brings.';
  console.error(`${message}\n${hint}`);
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ error: { tag: 'unsupported', message, hint, fields: { node: process.version } } }));
  }
  process.exitCode = 2;
} else {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}
