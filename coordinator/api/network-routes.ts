import * as z from 'zod/mini';
import {
  NetworkStatus,
  Project,
  ProjectInput,
  Requester,
  RequesterCreated,
  RequesterInput,
} from '../../shared/api/schemas.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { createToken, tokenHash } from '../ops/tokens.ts';
import { bodyRoute, type Route } from './route.ts';
import type { Services } from './services.ts';

/** Routes about the network, its projects and its requesters. */
export function networkRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    {
      method: 'get',
      path: '/v1/status',
      summary: 'The network at this moment',
      access: 'public',
      response: { status: 200, description: 'Nodes, rate and projects', body: NetworkStatus },
      errors: [],
      handle: async () => Response.json(await networkStatus(services)),
    },
    {
      method: 'get',
      path: '/v1/projects',
      summary: 'All projects',
      access: 'public',
      response: {
        status: 200,
        description: 'Projects, by which contributors choose',
        body: z.object({ projects: z.array(Project) }),
      },
      errors: [],
      handle: async () => Response.json({ projects: await store.projects() }),
    },
    bodyRoute({
      method: 'post',
      path: '/v1/projects',
      summary: 'Create a project',
      access: 'requester',
      request: ProjectInput,
      response: { status: 201, description: 'The project', body: Project },
      errors: ['PROJECT_EXISTS'],
      handle: async ({ body }) => {
        await createProject(body, services);
        return Response.json(body, { status: 201 });
      },
    }),
    {
      method: 'get',
      path: '/v1/me',
      summary: 'Whose token this is',
      access: 'requester',
      response: { status: 200, description: 'The requester', body: Requester },
      errors: [],
      handle: ({ requester }) => {
        const { id, name, admin } = requester ?? missingRequester();
        return Response.json({ id, name, admin } satisfies Requester);
      },
    },
    bodyRoute({
      method: 'post',
      path: '/v1/requesters',
      summary: 'Create a requester; its token is shown this once',
      access: 'admin',
      request: RequesterInput,
      response: { status: 201, description: 'The requester and its token', body: RequesterCreated },
      errors: [],
      handle: async ({ body }) => {
        const token = createToken();
        const { id, name } = await store.addRequester({
          name: body.name,
          tokenHash: tokenHash(token),
          admin: false,
        });
        return Response.json({ id, name, token } satisfies RequesterCreated, { status: 201 });
      },
    }),
  ];
}

async function networkStatus({
  store,
  dispatcher,
  data,
  version,
}: Services): Promise<NetworkStatus> {
  const active = dispatcher.activeJobs();
  const { nodes, threads, verdictsPerSecond } = dispatcher.network();
  return {
    version,
    nodes,
    threads,
    verdictsPerSecond,
    projects: (await store.projects()).map((project) => ({
      ...project,
      activeJobs: active.get(project.id) ?? 0,
    })),
    data: data.now(),
  };
}

/** @throws ManyhandsError `PROJECT_EXISTS`: nobody rewrites the purpose that contributors chose. */
async function createProject(project: Project, { store }: Services): Promise<void> {
  const projects = await store.projects();
  if (projects.some(({ id }) => id === project.id))
    throw new ManyhandsError(
      'PROJECT_EXISTS',
      `There is a project "${project.id}" already. Choose another id.`,
      { path: 'id', project: project.id },
    );
  await store.putProject(project);
}

function missingRequester(): never {
  throw new TypeError('a route that needs a requester was called without one');
}
