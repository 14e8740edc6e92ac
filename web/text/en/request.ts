import { countOf, formatCount, formatDuration, formatMeasure } from '../format.ts';

const shards = (count: number) => countOf(count, 'shard', 'shards');

/** Words of the requesters' pages: signing in, the list of jobs, posting one. */
export const request = {
  title: 'Request',
  signIn: {
    title: 'Have something computed',
    what: 'Post a program and many inputs. Volunteers’ browsers run it on each input, answers are checked against each other, and you have the results here.',
    token: 'API token',
    tokenHelp:
      'It begins with mh_. The coordinator printed one when it was started for the first time; whoever runs it can make more.',
    keep: 'Keep it on this device',
    keepHelp: 'Otherwise it is forgotten when this tab is closed.',
    submit: 'Sign in',
    empty: 'Paste your API token here.',
  },
  signOut: 'Sign out',
  signedInAs: (name: string) => `Signed in as ${name}`,

  jobs: {
    title: 'Your jobs',
    create: 'New job',
    empty: 'You have no jobs yet. Begin with a sample, look at how it works, and change it.',
    samples: 'Samples to begin with',
    fromScratch: 'Begin with an empty job',
    name: 'Job',
    state: 'State',
    progress: 'Progress',
    posted: 'Posted',
    left: (text: string) => `about ${text} left`,
    doneOf: (done: number, all: number) => `${formatCount(done)} of ${shards(all)}`,
    failed: (count: number) => `${formatCount(count)} failed`,
  },
  states: {
    waiting: 'Waiting for its turn',
    running: 'Running',
    done: 'Done',
    cancelled: 'Cancelled',
    expired: 'Expired',
  },

  /** By the names of their folders in apps/. */
  samples: {
    collatz: {
      title: 'Longest Collatz chain',
      what: 'Which number up to a hundred million takes the most steps to reach one? In C, over a range.',
    },
    pathtracer: {
      title: 'A path-traced picture',
      what: 'Light bouncing through a scene, tile by tile, until a picture stands on the page. In C++.',
    },
    textstats: {
      title: 'Words of Shakespeare',
      what: 'Counts words through all the plays. In JavaScript, over the chunks of a file.',
    },
    options: {
      title: 'Option prices',
      what: 'Simulated prices over a grid of strikes and volatilities. In C, with a chart of the results.',
    },
    wordcount: {
      title: 'How often each word',
      what: 'Counts words chunk by chunk, then adds up group by group: two stages, from browser to browser. In C.',
    },
  },

  draft: {
    title: 'New job',
    back: 'All jobs',
    check: 'Try, estimate, post',
    noSample: 'There is no sample of this name.',
    name: 'Name',
    nameHelp: 'Contributors see it while they compute.',
    project: 'Project',
    noProject: 'No project in particular',
    program: 'Program',
    sources: { c: 'C', 'c++': 'C++', javascript: 'JavaScript', wasm: '.wasm file' },
    sourceLabel: 'Written in',
    fromFile: 'From files: drop them here',
    fromFileHelp: 'A .c, .cpp, .js or .wasm file; C and C++ with all of their headers at once.',
    sourceFile: 'File in the editor',
    choose: 'Choose a file',
    wasmHelp: 'A WebAssembly module for WASI preview 1 (wasm32-wasi), up to 64 MB.',
    javascriptHelp:
      'One function: export default function (input, context). What it returns must be JSON. It may be async. context has shard, args, env and log(), which writes to stderr.',
    cHelp: 'Compiled here in your browser, with -O3. main gets the arguments below.',
    editor: 'Source text of the program',
    compile: 'Compile',
    compiling: 'Compiling…',
    loadingCompiler: (done: string, total: string) =>
      `Loading the compiler, once: ${done} of ${total}`,
    compiled: (size: string, time: string) => `Compiled: ${size} in ${time}.`,
    compileFailed: (count: number) =>
      `It does not compile: ${countOf(count, 'error', 'errors')}, marked at their lines.`,
    compilerBroken:
      'The compiler could not be loaded, or broke down. Check your connection and compile again.',
    warnings: (count: number) => countOf(count, 'warning', 'warnings'),
    severities: { error: 'Error', warning: 'Warning', note: 'Note' },
    place: (file: string, line: number, column: number) =>
      `${file}, line ${line}, column ${column}`,

    inputs: 'Inputs',
    inputsHelp: 'Each input is one shard: one run of the program.',
    kinds: {
      range: 'Numbers',
      grid: 'Grid',
      lines: 'Lines',
      files: 'Files',
      chunks: 'Chunks',
    },
    kindsHelp: {
      range: 'A range of whole numbers, ends included. It may be billions long.',
      grid: 'Every combination of the values of some parameters.',
      lines: 'The lines of a text file, one or several to a shard.',
      files: 'Files of yours, one to a shard.',
      chunks: 'One large file in pieces, cut at line ends.',
    },
    from: 'First',
    to: 'Last',
    step: 'Step',
    axisName: 'Parameter',
    axisMode: 'Values',
    axisModes: { steps: 'from, to, step', values: 'a list' },
    axisValues: 'Values, with commas between',
    remove: 'Remove',
    addAxis: 'Add a parameter',
    removeAxis: (name: string) => `Remove parameter ${name}`,
    inputFile: 'File',
    inputFiles: 'Files',
    perShard: 'Lines to a shard',
    chunkKiB: 'Bytes to a shard at most, in KiB',
    reading: (share: string) => `Reading the file: ${share}`,
    count: (count: number) => shards(count),
    countUnknown: 'Number of shards not known yet',
    andStages: (count: number) => `, then ${countOf(count, 'stage', 'stages')} more`,

    given: 'What each run is given',
    givenHelp:
      'Fields in braces are filled in for each shard. Write {{ and }} for braces themselves.',
    fields: 'Fields',
    args: 'Arguments, one a line',
    stdin: 'Standard input',
    env: 'Environment, NAME=value a line',
    files: 'Files',
    addFile: 'Add a file',
    filePath: 'Path',
    fileContent: 'Content',
    fileText: 'Text of the file',
    fileModes: { text: 'text', file: 'a file of mine' },
    removeFile: (path: string) => `Remove file ${path}`,
    preview: 'The first shards',
    previewShard: 'Shard',
    previewArgs: 'Arguments',
    previewInput: 'input',
    previewNothing: 'Nothing to show until the fields above are right.',

    collect: 'What to collect',
    collectHelp: 'Only what is collected is compared between volunteers, and kept.',
    collects: {
      stdout: 'Standard output',
      stderr: 'Standard error',
      exitCode: 'Exit code',
      value: 'Return value',
    },
    exitCodeHelp: 'A non-zero exit is then an answer and not a failure.',
    collectFiles: 'Files, one path a line',
    picture: 'The outputs are the tiles of a picture',
    pictureHelp:
      'Tiles are numbered row by row from the top left, one a shard. The page puts them together.',
    width: 'Width',
    height: 'Height',
    tileWidth: 'Tile width',
    tileHeight: 'Tile height',
    format: 'Format on stdout',
    formats: { rgb: 'Raw RGB bytes', png: 'PNG', ppm: 'PPM (P6)' },

    trust: 'How sure to be',
    trustSay: (replicas: number, quorum: number) => trustSentence(replicas, quorum),
    replicas: 'Replicas',
    replicasHelp: 'Volunteers who run each shard',
    quorum: 'Quorum',
    quorumHelp: 'Equal answers that are believed',
    maxAttempts: 'Attempts',
    maxAttemptsHelp: 'Runs after which a shard is given up',
    networks: 'If too few volunteers are on different networks',
    networksModes: { wait: 'Wait for others', relax: 'Let the same network answer twice' },

    limits: 'Limits and order',
    seconds: 'Seconds a shard',
    memoryMiB: 'Memory, MiB',
    outputKiB: 'Output, KiB',
    deadline: 'Deadline',
    deadlineHelp: 'Nothing is started after it. Leave it empty for none.',
    priority: 'Priority among your jobs',
    priorityHelp: 'From −10 to 10, the higher first',

    fix: (count: number) => `${countOf(count, 'field needs', 'fields need')} attention`,
  },

  stages: {
    title: 'Further stages',
    help: 'Programs over the outputs of the stage before, for where these are too many or too large to fetch. The outputs go from browser to browser, and you get the results of the last stage.',
    add: 'Add a stage',
    heading: (number: number) => `Stage ${formatCount(number)}`,
    remove: (number: number) => `Remove stage ${formatCount(number)}`,
    name: 'Name of the stage',
    take: 'What it takes',
    takes: { groups: 'Groups', tree: 'Tree' },
    takesHelp: {
      groups:
        'Outputs grouped by key: every shard of the stage before writes one file a group, all of them named in its “Files” to collect, and collects nothing else. Each group is a shard here.',
      tree: 'Put together level by level: each shard is given the outputs of some shards before it, until one shard is left. The stage before and this one each collect exactly one thing.',
    },
    arity: 'Outputs to a shard at most',
    shards: (counts: readonly number[]) =>
      counts.length === 1
        ? `${shards(counts[0])}.`
        : `${formatCount(counts.length)} levels, of ${counts.slice(0, -1).map(formatCount).join(', ')} and ${shards(counts[counts.length - 1])}.`,
    javascriptHelp:
      'The function is called with { text, bytes }: what the shards before gave, one after the other, with nothing between.',
    more: 'Environment, files, limits and replicas of this stage',
  },

  issues: {
    missing: 'This cannot be empty.',
    number: 'Write a number.',
    wholeNumber: 'Write a whole number.',
    atLeast: (least: number, inclusive: boolean) =>
      inclusive ? `At least ${formatMeasure(least)}.` : `More than ${formatMeasure(least)}.`,
    atMost: (most: number) => `At most ${formatMeasure(most)}.`,
    tooLong: (most: number) => `Too long: ${formatCount(most)} at most.`,
    cannotBeUsed: 'This cannot be used: it',
  },

  errors: {
    noProgram: 'There is no program yet.',
    programTooLarge: (name: string, size: string, most: string) =>
      `${name} has ${size}, and a program at most ${most}. Give large data as input files.`,
    noInputFile: 'Choose a file.',
    noInputFiles: 'Choose one file at least.',
    fileUnreadable: 'The file could not be read. Choose it again.',
    noGivenFile: 'Choose a file.',
    place: (line: number, column: number) => `(Line ${line}, column ${column}.)`,
    quorumAboveReplicas: 'More equal answers than replicas: lower it, or raise the replicas.',
    tooFewAttempts: 'Fewer attempts than replicas: raise it.',
    deadlinePast: 'This moment has passed.',
    nothingCollected: 'Collect one thing at least; without it there is nothing to compare.',
    checkpointPath: '/checkpoint is where a program keeps its own checkpoint. Choose another path.',
    samePath: 'Another file has this path.',
    tiles: (tiles: number, count: number) =>
      `The picture has ${countOf(tiles, 'tile', 'tiles')} and the job ${shards(count)}: there must be one shard a tile.`,
    pictureNeedsStdout: 'The tiles of a picture come from standard output: collect it.',
    fixFirst: 'Some fields need attention first.',
    doesNotCompile: 'The program does not compile. Its errors stand below its source text.',
  },

  dryRun: {
    title: 'Try one shard here',
    help: 'Runs in the same sandbox as at the volunteers’, in this browser only.',
    shard: 'Shard',
    run: 'Run it',
    running: 'Running…',
    stop: 'Stop',
    took: (ms: number) => `Took ${formatDuration(ms)}`,
    outputs: {
      stdout: 'Standard output',
      stderr: 'Standard error',
      value: 'Return value',
      exitCode: 'Exit code',
    },
    noSuchShard: (count: number) => `A number from 0 to ${formatCount(count - 1)}.`,
    output: (size: string) => `output ${size}`,
    runNext: (number: number) => `Try stage ${formatCount(number)} on this`,
    stageTried: (number: number, shard: number) =>
      `Shard ${formatCount(shard)} of stage ${formatCount(number)}, given only what the shard before gave.`,
    ok: 'It worked.',
    failed: (outcome: string) => `It failed: ${outcome}.`,
  },

  estimate: {
    title: 'The whole job',
    firstStage: 'The first stage',
    unknown: 'Try one shard to see how long all of it would take.',
    compute: (time: string) =>
      `About ${time} of computing on devices like this one, all replicas together.`,
    wall: (least: string, most: string, threads: number) =>
      `Between ${least} and ${most} with the ${countOf(threads, 'thread', 'threads')} that are there now, if this shard is like the others.`,
    nobody: 'Nobody is there to compute just now. The job waits until somebody comes.',
  },

  post: {
    post: 'Post the job',
    uploading: (share: string) => `Uploading: ${share}`,
    preparing: 'Preparing…',
    posting: 'Posting…',
    same: 'The same from a command line',
    cli: 'With the Manyhands command line',
    curl: 'With curl',
    specFile: 'job.json',
  },
} as const;

function trustSentence(replicas: number, quorum: number): string {
  if (!(replicas >= 1) || !(quorum >= 1) || quorum > replicas) return '';
  if (replicas === 1)
    return 'Each shard is run once and its answer is believed unchecked. Fastest, but a single wrong or lying device goes unnoticed.';
  if (replicas === quorum)
    return `Each shard is run by ${formatCount(replicas)} volunteers, and believed when all of them have the same answer. Where they differ, more are asked.`;
  return `Each shard is run by ${formatCount(replicas)} volunteers at once, and believed as soon as ${formatCount(quorum)} have the same answer.`;
}
