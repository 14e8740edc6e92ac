import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importProblems, ROOM_FOLDERS } from './import-rules.ts';
import { repositoryRoot } from './repository.ts';

const files = globSync(`{${ROOM_FOLDERS.join(',')}}/**/*.{ts,tsx}`, { cwd: repositoryRoot });
const problems = files
  .map((file) => file.replaceAll('\\', '/'))
  .toSorted()
  .flatMap((path) => importProblems(path, readFileSync(join(repositoryRoot, path), 'utf8')));

for (const { path, line, message } of problems) console.error(`${path}:${line} ${message}`);
console.log(`${files.length} files, ${problems.length} imports against the rules`);
if (problems.length > 0) process.exitCode = 1;
