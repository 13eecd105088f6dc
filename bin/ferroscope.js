#!/usr/bin/env node
// Starts the command line. Plain JavaScript, so that an old Node gets a sentence and not a syntax error.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `ferroscope needs Node 24 or newer; this is ${process.version}.\n` +
      'Inside a clone use "npx ferroscope …" or an npm script: both run on the Node 24 that npm ci brings.',
  );
  process.exitCode = 2;
} else {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}
