import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { localApp } from '../local-app.ts';
import { Picture } from './reduce.ts';

/** The first tile of a scene, `size` pixels wide and high, as radiances. */
async function radiances(
  scene: string,
  options: { size: number; samples: number; depth?: number },
): Promise<Float32Array> {
  const { size, samples, depth = 64 } = options;
  const settings = { scene, size, width: size, height: size, samples, depth, format: 'float' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const bytes = await (await localApp('pathtracer', { args })).stdout(0);
  expect(bytes).toHaveLength(size * size * 12);
  return new Float32Array(bytes.slice().buffer);
}

function meanAndError(values: Float32Array): [mean: number, error: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / values.length / (values.length - 1))];
}

describe('pathtracer', () => {
  it('JOB-43 makes things that lose no light vanish in an even light (white furnace)', async () => {
    const image = await radiances('furnace', { size: 24, samples: 3 });
    for (const value of image) expect(value).toBeCloseTo(1, 6);
  });

  it('JOB-43 gives the series of albedos inside of a glowing sphere, bounce by bounce', async () => {
    let series = 0;
    for (let depth = 0; depth <= 4; depth++) {
      series += 0.2 * 0.6 ** depth;
      const image = await radiances('enclosure', { size: 4, samples: 1, depth });
      for (const value of image) expect(value).toBeCloseTo(series, 6);
    }
  });

  it('JOB-43 comes to the limit of that series when paths end by chance', async () => {
    const image = await radiances('enclosure', { size: 40, samples: 3 });
    // The three colours of a pixel are the same path.
    const [mean, error] = meanAndError(image.filter((_, k) => k % 3 === 0));
    expect(Math.abs(mean - 0.2 / (1 - 0.6))).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.002);
  });

  it('JOB-43 lights a matte ground under a round lamp as the integral says', async () => {
    // albedo * L * (R / d)^2 * cosine, for a lamp that is wholly above the horizon.
    const exact = 0.5 * 10 * (1 / 5) ** 2 * (4 / 5);
    const image = await radiances('lamplight', { size: 16, samples: 6 });
    const [mean, error] = meanAndError(image.filter((_, k) => k % 3 === 0));
    expect(Math.abs(mean - exact)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.001 * exact);
  });

  it('JOB-44 gives the same picture however it is cut into tiles', async () => {
    const whole = await localApp('pathtracer', {
      args: '--tile {i} --size 16 --width 32 --height 32 --samples 2'.split(' '),
    });
    const cut = await localApp('pathtracer', {
      args: '--tile {i} --size 8 --width 32 --height 32 --samples 2'.split(' '),
    });
    const large = await whole.stdout(3);
    const small = await cut.stdout(15);
    for (let row = 0; row < 8; row++) {
      const line = large.subarray(((row + 8) * 16 + 8) * 3, (row + 9) * 16 * 3);
      expect(small.subarray(row * 24, (row + 1) * 24)).toEqual(line);
    }
  });

  it('JOB-44 gives the very bytes that it gave on the machine where it was written', async () => {
    const job = await localApp('pathtracer');
    expect(job.shards).toBe(144);
    const app = await localApp('pathtracer', { args: [...job.spec.args, '--samples', '2'] });
    const picture = new Picture();
    for (const tile of [52, 67, 88]) picture.add(tile, await app.stdout(tile));
    const digest = createHash('sha256').update(picture.toPpm()).digest('hex');
    expect(digest).toBe('48e293e7d610df33b5e691f2343c34be4fff1c956d6816932efcdac088570ed0');
  });

  it('JOB-44 says what is wrong with its options', async () => {
    const wrong = (args: string[]) => localApp('pathtracer', { args }).then((app) => app.text(0));
    await expect(wrong(['--scene', 'x'])).rejects.toThrow('--scene must be');
    await expect(wrong(['--size', '0'])).rejects.toThrow('--size must be a number of at least 1');
  });
});
