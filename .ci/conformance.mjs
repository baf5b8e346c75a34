// Checks what the tests' own GitHub was asked and what it answered against GitHub's published descriptions of its API:
// node .ci/conformance.mjs EXCHANGES MODULES. Every request is checked, and every reply that is no fault on demand.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [exchanges, modules] = process.argv.slice(2);
const load = createRequire(path.resolve(modules, 'x.js'));
const { default: Ajv } = load('ajv');
const { default: addFormats } = load('ajv-formats');
const graphql = load('graphql');
const packages = path.join(modules, '@octokit');
const problems = new Map();
const say = (one, what) => {
  const line = `${one.method} ${one.path.split('?')[0]} (${one.status}): ${what}`;
  problems.set(line, (problems.get(line) ?? 0) + 1);
};

// OpenAPI 3.0 says "nullable" where JSON Schema says "null".
function nullable(node) {
  if (Array.isArray(node)) return node.map(nullable);
  if (node === null || typeof node !== 'object') return node;
  const { nullable: isNullable, ...rest } = node;
  const made = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, nullable(value)]));
  if (isNullable !== true) return made;
  if (made.enum) made.enum = [...made.enum, null];
  if (typeof made.type === 'string') return { ...made, type: [made.type, 'null'] };
  return { anyOf: [made, { type: 'null' }] };
}

class Description {
  constructor(name) {
    this.name = name;
    const file = path.join(packages, 'openapi/generated', `${name}.json`);
    this.api = nullable(JSON.parse(fs.readFileSync(file, 'utf8')));
    this.ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateSchema: false });
    addFormats(this.ajv);
    this.ajv.addSchema({ $id: 'api', ...this.api });
    this.validators = new Map();
    this.templates = Object.keys(this.api.paths).map((template) => {
      const regex = new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);
      return [template, regex, (template.match(/\{/g) ?? []).length];
    });
  }

  template(where) {
    const found = this.templates.filter(([, regex]) => regex.test(where));
    return found.sort((a, b) => a[2] - b[2])[0]?.[0];
  }

  deref(node) {
    while (node?.$ref) node = node.$ref.slice(2).split('/').reduce((at, key) => at[key.replace(/~1/g, '/')], this.api);
    return node;
  }

  valid(one, what, schema, value) {
    if (!schema) return;
    const key = JSON.stringify(schema);
    if (!this.validators.has(key)) {
      const absolute = JSON.parse(key.replaceAll('"#/', '"api#/'));
      this.validators.set(key, this.ajv.compile(absolute));
    }
    const validate = this.validators.get(key);
    if (!validate(value)) {
      const [first] = validate.errors;
      say(one, `${this.name}: ${what}${first.instancePath} ${first.message} ${JSON.stringify(first.params)}`);
    }
  }

  check(one, replies) {
    const [where, query] = one.path.split('?');
    const template = this.template(where);
    const operation = this.api.paths[template]?.[one.method.toLowerCase()];
    if (!operation) return say(one, `${this.name} has no such operation`);
    const parameters = [...(operation.parameters ?? []), ...(this.api.paths[template].parameters ?? [])];
    const known = parameters.map((one) => this.deref(one)).filter((one) => one.in === 'query').map((one) => one.name);
    for (const name of new URLSearchParams(query ?? '').keys()) {
      if (!known.includes(name)) say(one, `${this.name} knows no parameter ${name}`);
    }
    const wanted = this.deref(operation.requestBody)?.content?.['application/json']?.schema;
    if (one.body !== null && !wanted) say(one, `${this.name} takes no body`);
    if (wanted && (one.body !== null || this.deref(operation.requestBody).required)) this.valid(one, 'request', wanted, one.body);
    if (!replies || !one.genuine || one.status >= 400) return;
    const response = this.deref(operation.responses[String(one.status)]);
    if (!response) return say(one, `${this.name} documents no such status`);
    this.valid(one, 'reply', response.content?.['application/json']?.schema, one.reply);
  }
}

class Graph {
  constructor() {
    this.schema = graphql.buildSchema(fs.readFileSync(path.join(packages, 'graphql-schema/schema.graphql'), 'utf8'), {
      // The published text defines two fields twice.
      assumeValidSDL: true,
    });
  }

  async check(one) {
    let document;
    try {
      document = graphql.parse(one.body.query);
    } catch (error) {
      return say(one, `GraphQL: ${error.message}`);
    }
    const wrong = graphql.validate(this.schema, document);
    for (const error of wrong) say(one, `GraphQL: ${error.message}`);
    if (wrong.length || !one.genuine || !one.reply?.data) return;
    // The reply has to be what these types allow: it is read as if it were the data behind the query.
    const result = await graphql.execute({
      schema: this.schema,
      document,
      rootValue: one.reply.data,
      variableValues: one.body.variables,
      fieldResolver: (source, _arguments, _context, info) => source[info.path.key],
      typeResolver: (value) => value.__typename,
    });
    for (const error of result.errors ?? []) say(one, `GraphQL reply: ${error.message}`);
  }
}

const all = fs.readdirSync(exchanges).flatMap((name) =>
  fs.readFileSync(path.join(exchanges, name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));
const main = new Description('api.github.com');
const servers = ['ghes-3.17', 'ghes-3.18', 'ghes-3.19'].map((name) => new Description(name));
const graph = new Graph();
for (const one of all) {
  if (one.path === '/graphql') {
    await graph.check(one);
  } else {
    main.check(one, true);
    for (const server of servers) server.check(one, false);
  }
}
for (const [line, count] of problems) console.error(count > 1 ? `${line} (${count} times)` : line);
const operations = new Set(all.map((one) => `${one.method} ${main.template(one.path.split('?')[0]) ?? one.path}`));
console.log(`${all.length} exchanges, ${operations.size} operations, ${problems.size} problems`);
process.exit(problems.size || all.length < 50 ? 1 : 0);
