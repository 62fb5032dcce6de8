import { pick, seeded } from '../tools/random.ts';

const nouns = ['order', 'invoice', 'customer', 'report', 'ticket', 'session', 'product', 'basket', 'payment', 'address'];
const verbs = ['get', 'post', 'put', 'patch', 'delete'];

const handler = (next: () => number, index: number): string => {
  const noun = pick(next, nouns);
  const verb = pick(next, verbs);
  const guarded = next() < 0.3 ? 'requireUser, ' : '';
  const header = next() < 0.15 ? `\n    res.setHeader('Cache-Control', 'private, max-age=${index % 600}');` : '';
  return `router.${verb}('/${noun}s/:id/${index}', ${guarded}async (req: Request, res: Response, next: NextFunction) => {
  try {
    const ${noun} = await store.find<${noun[0]?.toUpperCase() ?? ''}${noun.slice(1)}>('${noun}', Number(req.params.id));
    if (!${noun}) {
      res.status(404).json({ error: \`no ${noun} \${req.params.id}\`, code: 'E${index}' });
      return;
    }
    const { total, lines = [], ...rest } = { ...${noun}, page: Number(req.query.page ?? 1) };${header}
    res.json({ ...rest, total: lines.reduce((sum, line) => sum + line.price * line.count, total ?? 0) });
  } catch (error) {
    next(error);
  }
});
`;
};

/**
 * An Express application in TypeScript of at least `lines` lines: imports, two cors layers, routes with handlers. The
 * comment `// options` stands where `typing.ts` writes into the cors options, `// routes` where it writes a route.
 */
export function expressFile(lines: number, seed: number): string {
  const next = seeded(seed);
  const head = `import cors from 'cors';
import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { requireUser } from './auth.js';
import { store } from './store.js';

interface Line { price: number; count: number }
${nouns.map((noun) => `interface ${noun[0]?.toUpperCase() ?? ''}${noun.slice(1)} { id: number; total?: number; lines?: Line[] }`).join('\n')}

const allowed = ['https://app.shop.example', 'https://www.shop.example'];
export const app = express();
app.use(
  cors({
    origin: allowed,
    // options
    credentials: true,
    allowedHeaders: ['Content-Type', 'Authorization', 'X-Request-Id'],
  }),
);
app.use('/public', cors());
app.use(express.json());

const router = Router();
// routes
`;
  const parts = [head];
  let count = head.split('\n').length;
  for (let index = 0; count < lines - 3; index++) {
    const part = handler(next, index);
    parts.push(part);
    count += part.split('\n').length - 1;
  }
  return `${parts.join('')}app.use('/api', router);\napp.listen(3000);\n`;
}

/** An nginx.conf of at least `lines` lines: maps, upstreams, servers with locations. It parses in the real server. */
export function nginxFile(lines: number, seed: number): string {
  const next = seeded(seed);
  const parts = [
    `worker_processes auto;
events { worker_connections 1024; }
http {
    default_type application/octet-stream;
    map $http_origin $cors_origin {
        default "";
        https://app.shop.example $http_origin;
        https://www.shop.example $http_origin;
    }
    upstream backend { server 127.0.0.1:3000; }
`,
  ];
  let count = parts[0]?.split('\n').length ?? 0;
  for (let index = 0; count < lines - 2; index++) {
    const locations = Array.from({ length: 4 }, (_, each) => {
      const noun = pick(next, nouns);
      const always = next() < 0.7 ? ' always' : '';
      return `        location /${noun}s/${index}-${each}/ {
            # location ${index}-${each}
            if ($request_method = OPTIONS) {
                add_header Access-Control-Allow-Origin $cors_origin always;
                add_header Access-Control-Allow-Methods "GET, POST, PUT" always;
                add_header Access-Control-Allow-Headers "Content-Type, Authorization" always;
                return 204;
            }
            add_header Access-Control-Allow-Origin $cors_origin${always};
            add_header Vary Origin always;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_read_timeout ${30 + Math.floor(next() * 60)}s;
            proxy_pass http://backend;
        }
`;
    }).join('');
    const server = `    server {
        listen 8080;
        server_name s${index}.shop.example;
        client_max_body_size ${1 + Math.floor(next() * 20)}m;
${locations}    }
`;
    parts.push(server);
    count += server.split('\n').length - 1;
  }
  return `${parts.join('')}}\n`;
}

/** An httpd.conf of at least `lines` lines with virtual hosts. The comment `# host 7` stands in the seventh of them, from 0. */
export function apacheFile(lines: number, seed: number): string {
  const next = seeded(seed);
  const hosts: string[] = [];
  let written = 0;
  for (let index = 0; written < lines; index++) {
    const locations = Array.from({ length: 4 }, (_, each) => {
      const noun = pick(next, nouns);
      const always = next() < 0.7 ? 'always ' : '';
      return `    <Location "/${noun}s/${index}-${each}/">
        Header ${always}set Access-Control-Allow-Methods "GET, POST, PUT"
        Header always set Access-Control-Allow-Headers "Content-Type, Authorization"
        RewriteEngine On
        RewriteCond %{REQUEST_METHOD} OPTIONS
        RewriteRule ^ - [R=204,L]
        ProxyPass "http://127.0.0.1:3000/"
    </Location>
`;
    }).join('');
    const host = `<VirtualHost *:80>
    # host ${index}
    ServerName s${index}.shop.example
    DocumentRoot "/srv/s${index}"
    SetEnvIf Origin "^https://(?:app|www)\\.shop\\.example$" cors_origin=$0
    Header always set Access-Control-Allow-Origin "%{cors_origin}e" env=cors_origin
    Header always merge Vary Origin
${locations}</VirtualHost>
`;
    hosts.push(host);
    written += host.split('\n').length - 1;
  }
  return hosts.join('');
}

/** A module as most of a project's are: no server, no header, only types and functions over them. */
const plainModule = (next: () => number, index: number): string => {
  const noun = pick(next, nouns);
  const name = `${noun[0]?.toUpperCase() ?? ''}${noun.slice(1)}`;
  const functions = Array.from({ length: 8 }, (_, each) => {
    const field = pick(next, ['total', 'count', 'weight', 'discount', 'tax']);
    return `/** The ${field} of every ${noun} that is not cancelled. */
export function ${field}Of${name}s${each}(list, { since = 0, limit = ${10 + each} } = {}) {
  const wanted = list.filter((each) => !each.cancelled && each.created >= since).slice(0, limit);
  const sum = wanted.reduce((before, each) => before + (each.${field} ?? 0) * (each.count || 1), 0);
  if (wanted.length === 0 || Number.isNaN(sum)) return { sum: 0, average: 0, label: \`no ${noun}s since \${since}\` };
  for (const each of wanted) each.seen = { by: 'report-${index}', at: Date.now() };
  return { sum, average: sum / wanted.length, label: \`\${wanted.length} ${noun}s\` };
}
`;
  });
  return `import { format } from '../format.js';\nimport { store } from '../store.js';\n\n${functions.join('\n')}\nexport const describe = async (id) => format(await store.find('${noun}', id));\n`;
};

/**
 * The files of a project for the command line: `count` modules of about 100 lines in JavaScript and TypeScript. One in
 * five is an application with cors, one in five a router without, the others have nothing to do with HTTP. Names are
 * relative paths.
 */
export function projectFiles(count: number, seed: number): ReadonlyMap<string, string> {
  const next = seeded(seed);
  const files = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    const noun = pick(next, nouns);
    const typed = index % 2 === 0;
    const name = `src/${noun}/module-${index}.${typed ? 'ts' : 'js'}`;
    if (index % 5 > 1) {
      files.set(name, plainModule(next, index));
      continue;
    }
    const withCors = index % 5 === 0;
    const option = pick(next, ["{ origin: '*' }", "{ origin: '*', credentials: true }", '', "{ origin: 'https://app.shop.example' }"]);
    const application = `export const app = express();\napp.use(cors(${option}));\n\n`;
    const text = `import express, { Router${typed ? ', type NextFunction, type Request, type Response' : ''} } from 'express';
${withCors ? "import cors from 'cors';\n" : ''}import { requireUser } from '../auth.js';
import { store } from '../store.js';

${withCors ? application : ''}export const router = Router();

${Array.from({ length: 9 }, (_, each) => handler(next, each)).join('\n')}
`.replace(/store\.find<\w+>/g, 'store.find');
    files.set(name, typed ? text : text.replace(/: (?:Request|Response|NextFunction)\b/g, ''));
  }
  return files;
}
