/**
 * The legend of vector colours, all disks with x to the right and y down like the map: the halves P_z > 0 and P_z < 0 of the
 * sphere |P| = P_max, both laid flat on the page, and between them the plane P_z = 0 from P = 0 (grey) to P_max at its rim.
 */

import { numberLabel, unitLabel } from '../core/numbers.ts';
import { channelSvg } from './labels.ts';
import { type Box, image } from './map-frame.ts';
import { el, escapeText, text } from './svg.ts';
import { MUTED, TEXT } from './theme.ts';
import { type DiskKind, legendDisk } from './vector-colour.ts';

export interface VectorLegend {
  readonly svg: string;
  /** Lowest edge [px]. */
  readonly bottom: number;
}

/** Width of the column [px]. */
export const LEGEND_WIDTH = 56;
const DISKS: readonly DiskKind[] = ['downstream', 'in-plane', 'upstream'];
const SIGN: Readonly<Record<DiskKind, string>> = {
  downstream: '> 0',
  'in-plane': '= 0',
  upstream: '< 0',
};

function disk(kind: DiskKind, box: Box): string {
  const { x, y, width } = box;
  const r = width / 2;
  return `${image(box, legendDisk(kind), '')}${el('circle', {
    cx: x + r,
    cy: y + r,
    r,
    fill: 'none',
    stroke: MUTED,
    'stroke-width': 0.5,
  })}`;
}

const sizeLabel = (pMax: number, unit: string): string => `${numberLabel(pMax)} ${escapeText(unitLabel(unit))}`;

/** Three disks in a column beside the map. */
export function legendColumn(x: number, map: Box, pMax: number, unit: string, nameZ: string): VectorLegend {
  const size = Math.min(40, Math.max(28, (map.height - 34) / 3 - 13));
  const cx = x + LEGEND_WIDTH / 2;
  const small = { 'font-size': TEXT.small, 'text-anchor': 'middle' };
  let y = map.y;
  const parts = [
    text(cx, y + TEXT.small - 1, `rim: |<tspan font-style="italic">P</tspan>| =`, { ...small, fill: MUTED }),
    text(cx, y + 2 * TEXT.small + 1, sizeLabel(pMax, unit), { ...small, fill: MUTED }),
  ];
  y += 2 * TEXT.small + 7;
  for (const kind of DISKS) {
    parts.push(disk(kind, { x: cx - size / 2, y, width: size, height: size }));
    parts.push(text(cx, y + size + TEXT.small + 1, channelSvg(nameZ, TEXT.small, SIGN[kind]), small));
    y += size + TEXT.small + 8;
  }
  return { svg: el('g', { class: 'legend' }, ...parts), bottom: y - 5 };
}

/** Three disks in a row below a wide map. */
export function legendRow(x: number, y: number, pMax: number, unit: string, nameZ: string): VectorLegend {
  const size = 34;
  const parts = DISKS.flatMap((kind, i) => [
    disk(kind, { x: x + i * 74, y, width: size, height: size }),
    text(x + i * 74 + size + 4, y + size / 2 + 3, channelSvg(nameZ, TEXT.small, SIGN[kind]), {
      'font-size': TEXT.small,
    }),
  ]);
  parts.push(
    text(x + 3 * 74 + 2, y + size / 2 - 2, `rim: |<tspan font-style="italic">P</tspan>| =`, {
      'font-size': TEXT.small,
      fill: MUTED,
    }),
    text(x + 3 * 74 + 2, y + size / 2 + 8, sizeLabel(pMax, unit), { 'font-size': TEXT.small, fill: MUTED }),
  );
  return { svg: el('g', { class: 'legend' }, ...parts), bottom: y + size };
}
