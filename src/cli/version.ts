/** The program's name and version, as artefacts store it. */

import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const VERSION: string = version;
export const PROGRAM: string = `ferroscope ${version}`;
