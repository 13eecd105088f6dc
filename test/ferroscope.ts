/** The command line from source, as a process of its own: what bin/ferroscope.js is to dist/. Not a test. */

import { main } from '../src/cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
