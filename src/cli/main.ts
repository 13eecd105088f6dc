/**
 * The command line. Exit codes: 0 done, 1 failed, 2 bad usage, 130 and 143 stopped by SIGINT (Ctrl-C) and SIGTERM. A failure prints what happened and what to
 * do, never a stack trace; with --json also one line on standard output, {"error": {"tag", "message", "hint", "fields"}}.
 */

import { Command, CommanderError, Option } from 'commander';
import { FerroscopeError } from '../core/errors.ts';
import type { CommandLine } from './command-line.ts';
import { Console } from './console.ts';
import { listenForStop } from './stopping.ts';
import { VERSION } from './version.ts';

type Run = (line: CommandLine) => Promise<void>;

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const stopping = listenForStop((text) => process.stderr.write(`\n${text}\n`));
  const console = new Console(json, stopping.signal);
  try {
    await program(console).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = failureOf(error, console.kept);
    if (failure.text) process.stderr.write(`\nferroscope: ${failure.text}\n`);
    const { tag, message, hint, fields } = failure;
    if (json) process.stdout.write(`${JSON.stringify({ error: { tag, message, hint, fields } })}\n`);
    if (tag === 'aborted') return stopping.exitCode() ?? 1;
    return tag === 'usage' ? 2 : 1;
  } finally {
    stopping.off();
  }
}

interface Failure {
  readonly tag: string;
  readonly message: string;
  readonly hint: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** For people; '' where it was shown already. */
  readonly text: string;
}

/** @param kept what becomes of the work of a command that could not end */
function failureOf(error: unknown, kept: string): Failure {
  if (error instanceof CommanderError) {
    const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n');
    const hint = more.join(' ') || 'ferroscope COMMAND --help shows what it takes.';
    return { tag: 'usage', message: first, hint, fields: { code: error.code }, text: '' };
  }
  if (error instanceof FerroscopeError) {
    const { tag, message, fields } = error;
    const hint = tag === 'aborted' || tag === 'disk-full' ? `${error.hint} ${kept}`.trim() : error.hint;
    // Where the user asked for the end, one line says it all.
    const text = tag === 'aborted' ? `stopped before the end. ${hint}` : `${message}${hint ? `\n  ${hint}` : ''}`;
    return { tag, message, hint, fields, text };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const hint = 'This is a bug, please report it.';
  return { tag: 'bug', message, hint, fields: { stack }, text: `this is a bug, please report it: ${stack}` };
}

function program(console: Console): Command {
  const root = new Command('ferroscope')
    .description('4D-STEM scans of ferroelectrics to maps of the polarization vector.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(ferroscope COMMAND --help shows what it takes)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad usage, 130 stopped by Ctrl-C (SIGINT), 143 by SIGTERM. A second Ctrl-C ends it at once.',
    );

  const add = (usage: string, text: string, example: string, load: () => Promise<Run>): Command =>
    root
      .command(usage)
      .description(text)
      .addHelpText('after', `\nExample:\n  ${example}`)
      .exitOverride()
      .option('--json', 'print the result, or the error, as one line of JSON')
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        const options = command.opts<CommandLine['options']>();
        const run = await load();
        await run({ positional: command.args, options, console });
      });
  const overwrite = () => new Option('--overwrite', 'replace an output that exists');
  const workers = () => new Option('--workers <n>', 'worker threads (default: all cores)');

  add(
    'demo',
    'the whole way on a small built-in study; ends in a report',
    'ferroscope demo --out demo-out\n  ferroscope demo --bias --out demo-bias-out',
    async () => (await import('./demo.ts')).runDemo,
  )
    .option(
      '--bias',
      'a film under three biases with a known truth: scanned across, mapped and analysed, each number beside that of the truth (under an hour)',
    )
    .option(
      '--out <folder>',
      'where to put everything; an unfinished demo there is resumed (default: "demo-out", with --bias "demo-bias-out")',
    )
    .option('--model <file>', 'with --bias: the model that maps (default: the shipped one that fits)')
    .option('--recipe <file>', 'another study in place of the built-in one')
    .addOption(workers());

  add(
    'init <scan>',
    'a commented recipe for a scan, from what its file states and a quick calibration measures',
    'ferroscope init scan.h5 --material BST --out recipe.toml',
    async () => (await import('./init.ts')).runInit,
  )
    .requiredOption('--material <name>', 'what the scan is of, as [crystal] material names it')
    .option('--out <file>', 'the recipe; one that is there is never replaced', 'recipe.toml')
    .option('--voltage <kV>', 'accelerating voltage, where the file does not state it or is wrong')
    .option('--convergence <mrad>', 'convergence semi-angle, where the file does not state it or is wrong')
    .option('--dataset <path>', 'which dataset of the file, where it has several');

  add(
    'study <recipe> [scan]',
    'recipe → library → model → map; resumes where it was stopped',
    'ferroscope study recipe.toml scan.h5 --out study',
    async () => (await import('./study.ts')).runStudy,
  )
    .option('--out <folder>', 'where to put everything (default: the recipe’s name + "-study")')
    .option('--truth <file>', 'a known truth of the scan to score against, as of ferroscope map')
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
    'baselines <model>',
    'one simulated specimen seen three ways, each against the truth: columns in a dark-field image, asymmetry of Friedel pairs, the network',
    'ferroscope baselines model.onnx --library library.zarr --recipe examples/paper-gradient.toml --out baselines',
    async () => (await import('./baselines.ts')).runBaselines,
  )
    .requiredOption('--library <folder>', 'what the model was trained on: the factor of the asymmetry is fitted to it')
    .requiredOption('--recipe <file>', 'the specimen: [crystal], [structures], [experiment], [haadf]')
    .option(
      '--out <folder>',
      'simulations (kept for the next model), report.html, figures, baselines.json',
      'baselines',
    )
    .addOption(workers());

  /** What a scan's file does not state, or states wrong. */
  const stated = (command: Command): Command =>
    command
      .option('--voltage <kV>', 'accelerating voltage, where the file does not state it or is wrong')
      .option('--dataset <path>', 'which dataset of the file, where it has several')
      .option('--scan-shape <rows,columns>', 'scan positions, where the file does not state them or is wrong')
      .option('--row-order <how>', 'snake: every second row of the file runs backwards (default: forward)')
      .option('--roll <n>', 'positions that the file is rolled on by: its first ones are the scan’s last')
      .option('--step <nm>', 'distance between scan positions, where the file does not state it or is wrong')
      .option('--vacuum <file>', 'direct beam without specimen, counts [qy][qx], .npy; in place of the file’s own')
      .option(
        '--order <axes>',
        'what the axes of the file’s array are, in its order: ry,rx,qy,qx or r,qy,qx (HDF5, Zarr)',
      )
      .option('--dark <file>', 'camera without beam, counts [qy][qx], .npy; in place of the file’s own')
      .option('--gain <file>', 'relative gain [qy][qx], .npy; counts are divided by it')
      .option('--mask <file>', 'pixels to leave out, not zero [qy][qx], .npy')
      .addOption(several('--flip <how>', 'turn patterns first: y, x or transpose; may be given again'));

  /** What is known of a scan beside its file. */
  const known = (command: Command): Command =>
    stated(command)
      .option('--material <name>', 'what the scan is of, as [crystal] material names it')
      .option(
        '--rotation <degrees>',
        'where the crystal’s axes lie on the camera, to within 45°, y towards x (default: the nearest to the camera’s axes, or as the file states)',
      )
      .option('--pixel <mrad>', 'size of a detector pixel (default: by the lattice of disks)')
      .option('--centre <row,column>', 'direct beam on the camera at the middle of the scan [px] (default: found)')
      .option(
        '--hot-sigma <n>',
        'robust sigmas by which a pixel must exceed its neighbours to count as hot (default: 8)',
      )
      .option('--counts-per-electron <n>', 'counts that one electron gives (default: by the noise of the patterns)');

  known(
    add(
      'evaluate <model>',
      'whether a model’s uncertainties can be believed, on new structures and on patterns unlike the library; its errors, by dose beside the limit; what its latents hold',
      'ferroscope evaluate model.onnx --library library.zarr --scan scan.h5',
      async () => (await import('./evaluate.ts')).runEvaluate,
    ),
  )
    .requiredOption('--library <folder>', 'what the model was trained on, or another library for the same detector')
    .option('--out <folder>', 'report.html, figures and evaluation.json (default: the model’s name + "-evaluation")')
    .option('--scan <file>', 'a scan, to compare with the library: overlap of latents, nearest patterns')
    .option(
      '--structures <n>',
      'new structures to simulate for each set; 0: none, errors and coverage of held-out ones alone',
      '8',
    )
    .option('--patterns <n>', 'patterns of each structure', '64')
    .addOption(overwrite())
    .addOption(workers());

  known(
    add(
      'adapt <model> <scan>',
      'a model adapted to the instrument of a scan, where that makes scan, model and library agree better; else it says by how much not',
      'ferroscope adapt model.onnx scan.h5 --library library.zarr --out adapted.onnx',
      async () => (await import('./adapt.ts')).runAdapt,
    ),
  )
    .requiredOption('--library <folder>', 'what the model was trained on')
    .option(
      '--out <file>',
      'the adapted model, written only where it is better (default: the model’s name + "-adapted.onnx"); its report stands beside it',
    )
    .option('--steps <n>', 'steps of training', '400')
    .option('--learning-rate <rate>', "Adam's, at first", '3e-4')
    .addOption(overwrite());

  known(
    add(
      'calibrate <scan>',
      'where the patterns of a scan lie on its camera: each value with its error, what is left, where it comes from, and figures to look at',
      'ferroscope calibrate scan.h5 --model model.onnx --out scan-calibration\n  ferroscope calibrate scan.h5 --a 3.95 --voltage 300 --convergence 2.2\n  ferroscope map scan.h5 --calibration scan-calibration/calibration.json',
      async () => (await import('./calibrate.ts')).runCalibrate,
    ),
  )
    .option('--model <file>', 'crystal and microscope are those that this model is for')
    .option('--recipe <file>', 'they are those of this recipe, with its [scan] where no option says otherwise')
    .option(
      '--a <A>',
      'or by hand: pseudo-cubic lattice parameter, seen along [001]; with --voltage and --convergence where the file lacks them',
    )
    .option('--convergence <mrad>', 'with --a: convergence semi-angle')
    .addOption(several('--also <kind>', 'figures as png (300 dpi at their own size) or pdf, too; may be given again'))
    .option('--out <folder>', 'calibration.json, report.html and figures (default: the scan’s name + "-calibration")')
    .addOption(overwrite());

  known(
    add(
      'map <scan>',
      'a polarization map of a 4D-STEM file',
      'ferroscope map scan.h5 --material BST --out map\n  ferroscope map scan.h5 --model model.onnx --out map',
      async () => (await import('./map.ts')).runMap,
    ),
  )
    .option('--model <file>', 'what ferroscope train wrote (default: the model at hand that fits)')
    .addOption(several('--models <folder>', 'more models to choose from; may be given again'))
    .option('--calibration <file>', 'calibration.json of ferroscope calibrate, of this scan, in place of a new one')
    .option('--out <folder>', 'map.zarr, map.csv, figures and report.html (default: the scan’s name + "-map")')
    .option(
      '--truth <file>',
      'a known truth to score against: .zarr map, or .npz with P_probe [axis 0][axis 1][3] along its own axes',
    )
    .option(
      '--check',
      'simulate the predicted state at 256 positions at most, evenly over the scan, and give χ² of its pattern (a minute or two)',
    )
    .addOption(overwrite());

  add(
    'models [file]',
    'the models at hand: what they are for and how good they are; of one, its card as Markdown',
    'ferroscope models\n  ferroscope models model.onnx > card.md',
    async () => (await import('./models.ts')).runModels,
  ).addOption(several('--models <folder>', 'models of this folder, too; may be given again'));

  add(
    'analyze <maps...>',
    'what is found in maps of one place under several biases: domains, walls, topology, switching, each with its error and what noise alone would give',
    'ferroscope analyze map\n  ferroscope analyze map-2V map0V map+2V --bias -2,0,2 --recipe findings.toml --out analysis\n  ferroscope analyze map --scan scan.h5',
    async () => (await import('./analyze.ts')).runAnalyze,
  )
    .option('--bias <list>', 'bias of each map [V], in their order: -2,0,2; one map alone needs none')
    .option('--recipe <file>', 'a recipe with [findings]: regions by name, the film, draws')
    .option(
      '--scan <files...>',
      'the scan of each map, in their order: patterns along a path across the strongest wall, read with the map’s calibration',
    )
    .option('--dark <file>', 'with --scan: as it was given to ferroscope map')
    .option('--gain <file>', 'with --scan: as it was given to ferroscope map')
    .option('--mask <file>', 'with --scan: as it was given to ferroscope map')
    .addOption(
      new Option('--register <how>', 'bring maps onto each other by thickness and tilt, or take positions as they lie')
        .choices(['affine', 'none'])
        .default('affine'),
    )
    .addOption(several('--also <kind>', 'figures as png (300 dpi at their own size) or pdf, too; may be given again'))
    .option('--out <folder>', 'report.html, figures, data/ (CSV), analysis.json', 'analysis')
    .addOption(overwrite())
    .addOption(workers());

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
    'what is in a file: scan, crystal structure, trajectory, model, library or map',
    'ferroscope info scan.h5\n  ferroscope info POSCAR --species Ba,Ti,O\n  ferroscope info BaTiO3.cif --out BaTiO3.svg',
    async () => (await import('./info.ts')).runInfo,
  )
    .option('--species <list>', 'elements of a POSCAR that does not name them, in its order: Ba,Ti,O')
    .option('--data-block <name>', 'which structure of a CIF that holds several')
    .option('--out <file>', 'of a crystal structure: its cell along a, b and c, as .svg')
    .addOption(overwrite());

  stated(
    add(
      'convert <scan> <out>',
      'a scan in another kind of file, by the ending of its name: .h5 or .emd (EMD 1.0, which py4DSTEM reads), .hspy, .zspy or .zarr (HyperSpy), .npy, .tif; numbers keep their type, and nothing is corrected',
      'ferroscope convert scan.dm4 scan.h5\n  ferroscope convert frames.mib scan.hspy --scan-shape 256,256 --flip y',
      async () => (await import('./convert.ts')).runConvert,
    ),
  ).addOption(overwrite());

  add(
    'report <folder>',
    'one HTML file from a map folder',
    'ferroscope report map',
    async () => (await import('./report.ts')).runReport,
  );
  return root;
}
