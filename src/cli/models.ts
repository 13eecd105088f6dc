/** `ferroscope models [FILE]`: the models at hand in a table, or the card of one. Every number comes from the models' own files. */

import { fixedLabel, numberLabel, quantity } from '../core/numbers.ts';
import { zoneText } from '../diffraction/detector.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { isTold } from '../network/told.ts';
import { optionList } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { type FoundModel, findModels, readModel, shownPath } from './find-models.ts';
import { modelCard } from './model-card.ts';

export async function runModels(line: CommandLine): Promise<void> {
  const file = line.positional[0];
  if (file !== undefined) {
    const model = await readModel(file);
    line.console.result([modelCard(model).trimEnd()], json(model));
    return;
  }
  const { models, unreadable } = await findModels(optionList(line, 'models'));
  for (const { path, reason } of unreadable) line.console.note(`${shownPath(path)} is left out: ${reason}`);
  line.console.result(
    models.length > 0
      ? modelTable(models)
      : [
          'No models: none ships with this version, and --models names no folder with one. ferroscope study RECIPE makes one.',
        ],
    { models: models.map(json), unreadable },
  );
}

const json = ({ path, size_bytes, scope, info }: FoundModel) => ({
  path,
  size_bytes,
  ...scope,
  program: info.identity.program,
  identity: info.identity.id,
  recipe_hash: info.recipeHash,
  scores: info.scores,
});

/** A head, a line for each model, and what the columns are. */
export function modelTable(models: readonly FoundModel[]): string[] {
  const rows = models.map(({ path, size_bytes, scope, info }) => [
    shownPath(path),
    scope.zone ? `${scope.crystal} ${zoneText(scope)}` : scope.crystal,
    numberLabel(scope.voltage_kV, 4),
    numberLabel(scope.convergence_mrad, 3),
    numberLabel(scope.a_A, 4),
    scope.thickness_nm ? scope.thickness_nm.map((nm) => numberLabel(nm, 3)).join('–') : '?',
    maes(info, 'noiseFree', ['dTi_x', 'dTi_y', 'dTi_z']),
    maes(info, 'dose1e6', ['dTi_x', 'dTi_y', 'dTi_z']),
    maes(info, 'dose1e6', ['tilt_x', 'tilt_y']),
    maes(info, 'dose1e6', ['thickness']),
    quantity(size_bytes / 1e6, ''),
  ]);
  const head = ['model', 'for', 'kV', 'mrad', 'a Å', 'nm', 'δTi pm', 'at 10⁶ e', 'tilt mrad', 't nm', 'MB'];
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [
    line(head),
    ...rows.map(line),
    'Mean absolute errors on held-out structures: δTi along x, y, z noise-free; δTi, tilt and thickness at 10⁶ electrons a pattern. ×: not told, under noise as trained: worth no more than knowing the mean.',
  ];
}

function maes(info: ModelInfo, kind: keyof ModelInfo['scores'], names: readonly string[]): string {
  return names
    .map((name) => {
      const score = info.scores[kind].find((one) => one.name === name);
      if (!score) return '?';
      return `${fixedLabel(score.mae, 2)}${isTold(info, name) === false ? '×' : ''}`;
    })
    .join(' ');
}
