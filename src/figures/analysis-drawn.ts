/**
 * Maps and walls of an analysis drawn in a thread of their own, which is about half of what there is to draw; the other half is drawn beside it (analysis-report.ts). Both are
 * functions of the analysis alone: the report is the same whoever draws.
 */

import type { Task } from '../core/task.ts';
import { runJobs, type Worker, type WorkerHost } from '../core/threads.ts';
import type { Analysis } from '../findings/analyse.ts';
import { mapSection } from './analysis-maps.ts';
import { type AnalysisParts, analysisParts } from './analysis-parts.ts';
import { wallSection } from './analysis-walls.ts';
import { windowSection } from './analysis-windows.ts';
import type { ReportFigure, ReportSection } from './report.ts';

/** Sections of a report, and the files of their figures and data, by path. */
export interface Drawn {
  readonly sections: readonly ReportSection[];
  readonly files: ReadonlyMap<string, string>;
}

export interface DrawnMaps {
  /** The map that says most at a glance. */
  readonly glance: ReportFigure;
  readonly maps: Drawn;
  readonly walls: Drawn;
}

export function drawnMaps(analysis: Analysis): DrawnMaps {
  const parts = analysisParts(analysis);
  const { glance, section } = mapSection(parts);
  return {
    glance,
    maps: { sections: [section], files: parts.files },
    walls: drawn(analysis, (some) => [wallSection(some), windowSection(some)]),
  };
}

export function drawn(analysis: Analysis, draw: (parts: AnalysisParts) => readonly ReportSection[]): Drawn {
  const parts = analysisParts(analysis);
  return { sections: draw(parts), files: parts.files };
}

/** The same in a thread. @throws 'aborted' */
export async function drawnApart(analysis: Analysis, host: WorkerHost, task: Task): Promise<DrawnMaps> {
  const [maps] = await runJobs<Analysis, DrawnMaps>(host, 'figures', [analysis], task, { workers: 1 });
  return maps!;
}

export async function figureWorker(): Promise<Worker<Analysis, DrawnMaps>> {
  return { run: async (analysis) => drawnMaps(analysis) };
}
