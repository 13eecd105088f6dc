/** The command line. Exit codes: 0 done, 1 failed, 2 bad usage. A failure prints what happened and what to do, never a stack trace. */

import { Command, CommanderError, Option } from 'commander';
import { FerroscopeError } from '../core/errors.ts';
import type { CommandLine } from './command-line.ts';
import { Console } from './console.ts';
import { VERSION } from './version.ts';

type Run = (line: CommandLine) => Promise<void>;

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const onInterrupt = () => {
    if (stop.signal.aborted) process.exit(1);
    process.stderr.write('\nStopping; press Ctrl-C again to stop at once.\n');
    stop.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    await program(stop.signal).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof FerroscopeError) {
      process.stderr.write(`\nferroscope: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`);
      return error.tag === 'usage' ? 2 : 1;
    }
    process.stderr.write(`\nferroscope: this is a bug, please report it: ${(error as Error).stack ?? error}\n`);
    return 1;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

function program(signal: AbortSignal): Command {
  const root = new Command('ferroscope')
    .description('4D-STEM scans of ferroelectrics to maps of the polarization vector.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(ferroscope COMMAND --help shows what it takes)');

  const add = (usage: string, text: string, example: string, load: () => Promise<Run>): Command =>
    root
      .command(usage)
      .description(text)
      .addHelpText('after', `\nExample:\n  ${example}`)
      .exitOverride()
      .option('--json', 'print the result as one line of JSON')
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        const options = command.opts<CommandLine['options']>();
        const run = await load();
        await run({ positional: command.args, options, console: new Console(options.json === true, signal) });
      });
  const overwrite = () => new Option('--overwrite', 'replace an output that exists');
  const workers = () => new Option('--workers <n>', 'worker threads (default: all cores)');

  add(
    'demo',
    'the whole way on a small built-in study; ends in a report',
    'ferroscope demo --out demo-out',
    async () => (await import('./demo.ts')).runDemo,
  )
    .option('--out <folder>', 'where to put everything; an unfinished demo there is resumed', 'demo-out')
    .option('--recipe <file>', 'another study in place of the built-in one')
    .addOption(workers());

  add(
    'structures <recipe>',
    'atoms with known polarization, as extxyz: textures, frames of a file, the recipe’s [dynamics] or [film]',
    'ferroscope structures examples/demo.toml --out structures\n  ferroscope structures examples/bst-film.toml --out film',
    async () => (await import('./structures.ts')).runStructures,
  )
    .option('--out <folder>', 'where to put one .extxyz a structure, or all that a run makes', 'structures')
    .addOption(overwrite())
    .addOption(workers());

  add(
    'simulate <recipe>',
    'a library of labelled patterns, or patterns and images of the recipe’s [specimen]; resumes where it was stopped',
    'ferroscope simulate examples/demo.toml --out library.zarr\n  ferroscope simulate examples/si-110.toml --out si-110 --emd',
    async () => (await import('./simulate.ts')).runSimulate,
  )
    .option(
      '--out <folder>',
      'the library (default: library.zarr); of a specimen, the folder of everything (default: the recipe’s name)',
    )
    .option('--shard <i/n>', 'only the i-th of n parts of a library, for a job array')
    .option('--emd', 'of a specimen: the scan also as EMD (HDF5), one file a thickness')
    .addOption(overwrite())
    .addOption(
      new Option('--engine <name>', 'what computes: the processor’s cores, or one GPU')
        .choices(['cpu', 'gpu'])
        .default('cpu'),
    )
    .addOption(new Option('--unfinished <n>', 'make nothing: say which of n parts lack structures').conflicts('shard'))
    .addOption(workers());

  const several = (flags: string, text: string) =>
    new Option(flags, text).argParser((value: string, before: readonly string[] = []) => [...before, value]);
  add(
    'slurm <recipe>',
    'the scripts of a Slurm job array that makes a library; submits nothing',
    'ferroscope slurm examples/demo.toml --out library.zarr --tasks 11 --module gcc/12 && bash library-slurm/submit.sh',
    async () => (await import('./slurm.ts')).runSlurm,
  )
    .option('--out <folder>', 'the library', 'library.zarr')
    .option('--folder <folder>', 'where to put the scripts (default: the library’s name + "-slurm")')
    .option('--tasks <n>', 'tasks of the array (default: about half an hour each)')
    .option('--cpus <n>', 'threads of a task (default: 4)')
    .option('--time <hh:mm:ss>', 'limit of a task (default: from the recipe)')
    .option('--mem <size>', 'memory of a task, such as 4G (default: from the recipe)')
    .option('--partition <name>', 'where to run (default: the cluster’s)')
    .option('--account <name>', 'what to charge (default: yours)')
    .addOption(several('--module <name>', 'a module to load; may be given again'))
    .addOption(several('--setup <line>', 'a line of shell to run before the program; may be given again'));

  add(
    'train <recipe>',
    'a model from a library; resumes where it was stopped',
    'ferroscope train examples/demo.toml --library library.zarr --out model.onnx',
    async () => (await import('./train.ts')).runTrain,
  )
    .option('--library <folder>', 'what ferroscope simulate wrote', 'library.zarr')
    .option('--out <file>', 'the model', 'model.onnx')
    .option('--scan <file>', 'adapt to the patterns of this scan while training')
    .addOption(overwrite());

  add(
    'map <scan>',
    'a polarization map of a 4D-STEM file',
    'ferroscope map scan.h5 --model model.onnx --out map',
    async () => (await import('./map.ts')).runMap,
  )
    .requiredOption('--model <file>', 'what ferroscope train wrote')
    .option('--out <folder>', 'map.zarr, map.csv, figures and report.html (default: the scan’s name + "-map")')
    .option(
      '--truth <file>',
      'a known truth to score against: .zarr map, or .npz with P_probe [axis 0][axis 1][3] along its own axes',
    )
    .option('--dataset <path>', 'which dataset of the file, where it has several')
    .addOption(overwrite());

  add(
    'landscape <recipe>',
    'the energy of a uniform polarization: wells, saddles and minimum-energy paths',
    'ferroscope landscape examples/bst.toml --out landscape',
    async () => (await import('./landscape.ts')).runLandscape,
  )
    .option('--out <folder>', 'landscape.json, tables, figures and report.html', 'landscape')
    .addOption(overwrite());

  add(
    'info <file>',
    'what is in a file: scan, model, library or map',
    'ferroscope info scan.h5',
    async () => (await import('./info.ts')).runInfo,
  );

  add(
    'report <folder>',
    'one HTML file from a map folder',
    'ferroscope report map',
    async () => (await import('./report.ts')).runReport,
  );
  return root;
}
