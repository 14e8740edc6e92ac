import { beforeAll, describe, expect, test } from 'vitest';
import { compileC } from '../../scripts/compile-c.ts';
import { fromUtf8, toHex, utf8 } from '../../shared/bytes.ts';
import { REFERRED_FROM_BYTES } from '../../shared/job/limits.ts';
import type { JobView } from '../../shared/job/view.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { outcomeName } from '../../shared/verdict/outcome.ts';
import { decodeOutput } from '../../shared/verdict/output.ts';
import type { RunResult, ShardRun } from './executor.ts';
import { wasiExecutor } from './wasi.ts';

const PROBE = `
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int counter;

static void show_file(const char *path) {
  char text[256] = {0};
  FILE *f = fopen(path, "r");
  if (!f) { printf("%s: %s\\n", path, strerror(errno)); return; }
  fread(text, 1, sizeof text - 1, f);
  printf("%s: %s\\n", path, text);
  fclose(f);
}

int main(int argc, char **argv) {
  const char *what = argv[1];
  if (!strcmp(what, "args")) {
    for (int i = 0; i < argc; i++) printf("[%s]", argv[i]);
    printf(" NAME=%s", getenv("NAME"));
  } else if (!strcmp(what, "state")) {
    static char memory[100000];
    printf("%d %d", counter++, memory[50000]++);
  } else if (!strcmp(what, "clock")) {
    struct timespec a, b;
    clock_gettime(CLOCK_REALTIME, &a);
    sleep(3600);
    clock_gettime(CLOCK_REALTIME, &b);
    printf("%lld %lld %d", (long long)a.tv_sec, (long long)(b.tv_sec - a.tv_sec), sched_yield());
  } else if (!strcmp(what, "random")) {
    unsigned char bytes[8];
    getentropy(bytes, sizeof bytes);
    for (int i = 0; i < 8; i++) printf("%02x", bytes[i]);
  } else if (!strcmp(what, "stdin")) {
    char line[64] = {0};
    fgets(line, sizeof line, stdin);
    printf("read %s", line);
  } else if (!strcmp(what, "files")) {
    show_file("/given/text");
    show_file("given/blob");
    show_file("../../given/text");
    FILE *f = fopen("/given/blob", "a");
    fputs(" and more", f);
    fclose(f);
    show_file("/given/blob");
    mkdir("/made", 0777);
    rename("/given/blob", "/made/blob");
    show_file("/given/blob");
    DIR *dir = opendir("/made");
    for (struct dirent *e; (e = readdir(dir)); ) printf("%s %llu;", e->d_name, (unsigned long long)e->d_ino);
  } else if (!strcmp(what, "temporary")) {
    static char block[1 << 20];
    for (int i = 0; i < 200; i++) {
      FILE *f = fopen("/scratch", "w");
      if (fwrite(block, 1, sizeof block, f) != sizeof block || fclose(f)) { perror("write"); return 2; }
      if (i % 2) rename("/scratch", "/other"); else remove("/scratch");
    }
    printf("wrote");
  } else if (!strcmp(what, "open")) {
    int opened = 0;
    for (int round = 0; round < 3; round++) {
      int fds[300], n = 0;
      while (n < 300 && (fds[n] = open("/", O_RDONLY)) >= 0) n++;
      opened = n;
      while (n--) close(fds[n]);
    }
    printf("%d %s", opened, strerror(errno));
  } else if (!strcmp(what, "names")) {
    char path[32];
    int i = 0;
    do sprintf(path, "/f%d", i++); while (!mkdir(path, 0777));
    printf("%d %s", i, strerror(errno));
  } else if (!strcmp(what, "grow")) {
    printf("%d", malloc(8 << 20) != NULL);
  } else if (!strcmp(what, "checkpoint")) {
    show_file("/checkpoint");
    FILE *f = fopen("/checkpoint.new", "w");
    fputs("second", f);
    fclose(f);
    rename("/checkpoint.new", "/checkpoint");
    f = fopen("/checkpoint", "w");
    fputs("third", f);
    fclose(f);
  } else if (!strcmp(what, "bytes")) {
    write(1, "\\xff\\x00\\xfe", 3);
    fputs("noted", stderr);
  } else if (!strcmp(what, "half")) {
    printf("%.*s", 600, argv[2]);
    fprintf(stderr, "%.*s", 500, argv[2]);
  }
  fflush(stdout);
  return atoi(argv[argc - 1]);
}
`;

let program: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  program = await compileC(PROBE, ['-std=gnu23']);
}, 60_000);

function jobOf(args: string[], changes: Partial<JobView> = {}): JobView {
  return {
    id: 'job',
    name: 'Job',
    project: 'Project',
    shards: 100,
    program: { kind: 'wasi', blob: '0'.repeat(64) },
    programBytes: program.length,
    inputs: { kind: 'range', from: 100, to: 199, step: 1 },
    args,
    env: {},
    files: [],
    blobs: [],
    referredFromBytes: REFERRED_FROM_BYTES,
    collect: { stdout: true },
    limits: { timeMs: 1000, memoryMiB: 16, outputBytes: 1000 },
    ...changes,
  };
}

interface Options {
  job?: Partial<JobView>;
  blobs?: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  shards?: number[];
  checkpoint?: Uint8Array<ArrayBuffer>;
  onCheckpoint?: ShardRun['onCheckpoint'];
}

/** Results of the probe's shards, all of one prepared instance. */
async function run(args: string[], options: Options = {}): Promise<RunResult[]> {
  const job = jobOf(args, options.job);
  const instance = await wasiExecutor.prepare({ job, program, blobs: options.blobs ?? new Map() });
  const results: RunResult[] = [];
  for (const shard of options.shards ?? [0]) {
    const { checkpoint = null, onCheckpoint = () => {} } = options;
    const fields = { shard, i: 100 + shard };
    results.push(await instance.run({ shard, fields, checkpoint, onCheckpoint }));
  }
  return results;
}

function stdoutOf({ outcome, output, message, stderr }: RunResult): string {
  const { stdout } = decodeOutput(output);
  return stdout ? fromUtf8(stdout) : `${outcomeName(outcome)}: ${message} ${stderr}`;
}

async function stdout(args: string[], options?: Options): Promise<string> {
  return stdoutOf((await run(args, options))[0]);
}

describe('what a program is given', () => {
  test('EXE-1 arguments and environment by template, in UTF-8, behind its name', async () => {
    const env = { NAME: 'shard {shard}' };
    expect(await stdout(['args', '--seed={i}', '{{ünï}}'], { job: { env } })).toBe(
      '[program][args][--seed=100][{ünï}] NAME=shard 0',
    );
  });

  test('EXE-1 stdin by template', async () => {
    expect(await stdout(['stdin'], { job: { stdin: 'line {i}\nnext' } })).toBe('read line 100\n');
  });

  test('EXE-1 files by template and blob, which no shard changes for the next', async () => {
    const blob = 'b'.repeat(64);
    const files = [
      { path: '/given/text', content: 'number {i}' },
      { path: '/given/blob', blob },
    ];
    const bytes = utf8('bytes');
    const results = await run(['files'], {
      job: { files },
      blobs: new Map([[blob, bytes]]),
      shards: [0, 0],
    });
    expect(stdoutOf(results[0]).split('\n')).toEqual([
      '/given/text: number 100',
      'given/blob: bytes',
      '../../given/text: Capabilities insufficient',
      '/given/blob: bytes and more',
      '/given/blob: No such file or directory',
      expect.stringMatching(/^\. \d+;\.\. 0;blob \d+;$/),
    ]);
    expect(results[1]).toEqual(results[0]);
    expect(fromUtf8(bytes)).toBe('bytes');
  });

  test('EXE-1 a missing blob is said when the program is prepared', async () => {
    const files = [{ path: '/data', blob: 'b'.repeat(64) }];
    await expect(run(['args'], { job: { files } })).rejects.toMatchObject({ code: 'BLOB_MISSING' });
  });
});

describe('what makes replicas agree', () => {
  test('EXE-2 every shard begins with fresh memory and globals', async () => {
    const results = await run(['state'], { shards: [0, 1, 2] });
    expect(results.map(stdoutOf)).toEqual(['0 0', '0 0', '0 0']);
  });

  test('EXE-2 memory that one shard has grown is not there for the next', async () => {
    const results = await run(['grow'], { shards: Array.from({ length: 300 }, (_, k) => k) });
    expect(new Set(results.map(stdoutOf))).toEqual(new Set(['1']));
  });

  test('EXE-3 clocks start at one instant, and sleeping takes no time', async () => {
    const began = performance.now();
    expect(await stdout(['clock'])).toBe('1735689600 3600 0');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('EXE-4 random numbers follow from the job and the shard', async () => {
    const [a, again, b] = (await run(['random'], { shards: [0, 0, 1] })).map(stdoutOf);
    const [other] = (await run(['random'], { job: { id: 'other' } })).map(stdoutOf);
    expect(a).toBe('d0134cdd15f0ae2d');
    expect(again).toBe(a);
    expect(new Set([a, b, other]).size).toBe(3);
  });

  test('EXE-5 a digest is the same for each run, whatever ran before', async () => {
    const digests = (await run(['files'], { shards: [3, 1, 3] })).map((result) =>
      toHex(outputDigest(result.outcome, result.output)),
    );
    expect(digests[2]).toBe(digests[0]);
  });
});

describe('what is collected', () => {
  test('EXE-6 stdout, stderr, exit code and files, as the job says', async () => {
    const collect = { stdout: true, stderr: true, exitCode: true, files: ['/none', '/in'] };
    const files = [{ path: '/in', content: 'x' }];
    const [{ output }] = await run(['bytes', '5'], { job: { collect, files } });
    expect(decodeOutput(output)).toEqual({
      stdout: Uint8Array.of(255, 0, 254),
      stderr: utf8('noted'),
      exitCode: 5,
      files: [{ path: '/in', bytes: utf8('x') }],
    });
  });

  test('EXE-7 an exit code that is not collected makes the run a failure', async () => {
    const [result] = await run(['bytes', '5']);
    expect(outcomeName(result.outcome)).toBe('exit');
    expect(result).toMatchObject({ stderr: 'noted', message: expect.stringContaining('5') });
    expect(result.output).toHaveLength(0);
  });
});

describe('limits', () => {
  test('EXE-9 stdout and stderr together may not exceed the output limit', async () => {
    const text = 'x'.repeat(600);
    const [result] = await run(['half', text, '0']);
    expect(outcomeName(result.outcome)).toBe('outputLimit');
    expect(stdoutOf((await run(['half', text, '0'], { job: limits(1100) }))[0])).toBe(text);
  });

  test('EXE-9 collected files count as output', async () => {
    const files = [{ path: '/in', content: 'x'.repeat(1001) }];
    const [result] = await run(['args'], { job: { files, collect: { files: ['/in'] } } });
    expect(outcomeName(result.outcome)).toBe('outputLimit');
  });

  test('EXE-10 room of files that are gone is there again', async () => {
    expect(await stdout(['temporary'])).toBe('wrote');
  });

  test('EXE-10 open files and names are limited, and closing gives them back', async () => {
    expect(await stdout(['open'])).toMatch(/^252 No file descriptors available$/);
    expect(await stdout(['names'])).toBe('4097 No space left on device');
  });

  test('EXE-10 a program that needs more memory than its job allows is not run', async () => {
    // Its stack alone is that large.
    const job = { limits: { timeMs: 1000, memoryMiB: 1, outputBytes: 1000 } };
    await expect(run(['args'], { job })).rejects.toMatchObject({ code: 'MODULE_MEMORY_TOO_LARGE' });
  });

  function limits(outputBytes: number): Partial<JobView> {
    return { limits: { timeMs: 1000, memoryMiB: 16, outputBytes } };
  }
});

describe('checkpoints', () => {
  test('EXE-8 /checkpoint is restored, and reported when renamed onto and when closed', async () => {
    const reported: string[] = [];
    const text = await stdout(['checkpoint'], {
      checkpoint: utf8('first'),
      onCheckpoint: (bytes) => reported.push(fromUtf8(bytes)),
    });
    expect(text).toBe('/checkpoint: first\n');
    expect(reported).toEqual(['second', 'third']);
  });
});
