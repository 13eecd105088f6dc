import { expect, test } from 'vitest';
import { channelHtml, channelSvg, richText } from './labels.ts';
import { el, escapeText, px } from './svg.ts';

test('names of channels: subscripts drop and what follows rises again', () => {
  expect(channelHtml('dTi_x')).toBe('<i>δ</i><sub>Ti,</sub><sub><i>x</i></sub>');
  expect(channelHtml('P_z_column')).toBe('<i>P</i><sub><i>z</i></sub> (one column)');
  const shifts = [...channelSvg('P_x', 9, '(pm)').matchAll(/dy="([^"]+)"/g)].map((m) => Number(m[1]));
  expect(shifts).toHaveLength(2);
  expect(shifts[0]! + shifts[1]!).toBe(0);
  expect(shifts[0]).toBeGreaterThan(0);
});

test('what users write is text', () => {
  expect(escapeText(`<a href="x" o='1'>&\u0000`)).toBe('&lt;a href=&quot;x&quot; o=&#39;1&#39;&gt;&amp;');
  expect(richText('<b> P_z of XP_z')).toBe('&lt;b&gt; <i>P</i><sub><i>z</i></sub> of XP_z');
  expect(richText('|T_d| and σ_P of σ_Px')).toBe('|<i>T</i><sub>d</sub>| and <i>σ</i><sub><i>P</i></sub> of σ_Px');
  expect(channelHtml('<x>')).toBe('&lt;x&gt;');
  expect(el('g', { id: undefined, class: '"', x: -0.001 })).toBe('<g class="&quot;" x="0"/>');
  expect(px(1.005e2)).toBe('100.5');
});
