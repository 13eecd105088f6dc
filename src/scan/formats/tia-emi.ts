/** What the .emi file beside a TIA series says of it: XML somewhere among bytes of which nothing is published. */

import { leafName, type ScanFile } from '../scan-file.ts';

/** Of an .emi file so much is searched, in pieces, for descriptions of at most so many bytes. */
const SEARCHED = 2 ** 29;
const PIECE = 2 ** 22;
const LONGEST = 2 ** 18;
const BEGIN = '<ObjectInfo>';
const END = '</ObjectInfo>';

export interface EmiInfo {
  readonly voltage_kV?: number | undefined;
  readonly notes: readonly string[];
}

/** @param series NAME_N.ser, which the N-th description of NAME.emi is of */
export async function emiInfo(series: ScanFile): Promise<EmiInfo> {
  const name = /^(.*)_(\d+)\.ser$/i.exec(leafName(series));
  const emi = name ? await series.sibling(`${name[1]}.emi`) : undefined;
  if (!name || !emi)
    return {
      notes: [`${name ? `${name[1]}.emi` : 'Its .emi file'} is not beside it: the voltage is not known.`],
    };
  const all = await descriptions(emi);
  const text = all.length === 1 ? all[0] : all[Number(name[2]) - 1];
  const volts = text && Number(/<AcceleratingVoltage>\s*([\d.eE+]+)\s*</.exec(text)?.[1] ?? Number.NaN);
  if (!volts) return { notes: [`${leafName(emi)} states no voltage of ${leafName(series)}.`] };
  const mode = /<Label>Mode<\/Label>\s*<Value>([^<]*)</.exec(text)?.[1]?.trim();
  const wrong = mode !== undefined && mode !== '' && !/diff|stem|probe/i.test(mode);
  return {
    voltage_kV: volts / 1e3,
    notes: wrong ? [`The microscope’s mode was '${mode}' by ${leafName(emi)}: are these diffraction patterns?`] : [],
  };
}

async function descriptions(emi: ScanFile): Promise<string[]> {
  const found: string[] = [];
  const decode = new TextDecoder('latin1');
  for (let at = 0; at < Math.min(emi.size_bytes, SEARCHED); at += PIECE) {
    // A description may reach into the next piece; it belongs to the one in which it begins.
    const text = decode.decode(await emi.read(at, PIECE + LONGEST));
    for (let from = text.indexOf(BEGIN); from >= 0 && from < PIECE; from = text.indexOf(BEGIN, from + 1)) {
      const until = text.indexOf(END, from);
      if (until >= 0) found.push(text.slice(from, until));
    }
  }
  return found;
}
