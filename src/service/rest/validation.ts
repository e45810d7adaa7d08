import type { FastifyError, FastifyRequest } from 'fastify';

/** As much of a JSON schema as the routes use. */
export interface PropertySchema {
  type: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  [keyword: string]: unknown;
}
export interface ObjectSchema extends PropertySchema {
  type: 'object';
  properties: Record<string, PropertySchema>;
  required?: readonly string[];
}

/** Spellings of truth that Go's, Java's and Python's clients send. */
const TRUE = ['true', 'True', 'TRUE', 't', 'T', '1'];
const FALSE = ['false', 'False', 'FALSE', 'f', 'F', '0'];

/**
 * Gives the parameters in path and query the types that the route's schema asks for. Everything there is text;
 * what does not fit stays text, so that validation names it. An empty number or flag counts as absent, because
 * clients send `amount=` and `presign=`; unknown parameters are left alone and ignored.
 */
export function typeParameters(request: FastifyRequest): void {
  const { querystring, params } = request.routeOptions.schema ?? {};
  typeTexts(request.query as Record<string, unknown>, querystring as ObjectSchema | undefined);
  typeTexts(request.params as Record<string, unknown>, params as ObjectSchema | undefined);
}

function typeTexts(texts: Record<string, unknown>, schema: ObjectSchema | undefined): void {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    if (name in texts) {
      const value = typed(texts[name] as string | string[], property.type);
      if (value === undefined) {
        delete texts[name];
      } else {
        texts[name] = value;
      }
    }
  }
}

function typed(value: string | string[], type: PropertySchema['type']): unknown {
  if (type === 'array') {
    return Array.isArray(value) ? value : [value];
  }
  const text = Array.isArray(value) ? value[value.length - 1]! : value;
  switch (type) {
    case 'integer':
      return text === '' ? undefined : /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === '' ? undefined : TRUE.includes(text) ? true : FALSE.includes(text) ? false : text;
    default:
      return text;
  }
}

/**
 * Parses a JSON body. A member that is null counts as absent: several clients send every optional member.
 * @throws SyntaxError for text that is not JSON
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) => {
    if (name === '__proto__') {
      throw new SyntaxError('"__proto__" is not a possible name');
    }
    return value === null ? undefined : value;
  });
}

/** What the schema found wrong, as a sentence. */
export function validationSentence(error: FastifyError): string {
  const finding = error.validation?.[0];
  const inBody = error.validationContext === 'body';
  if (!finding) {
    return error.message;
  }
  const name = finding.instancePath.slice(1).replaceAll('/', '.');
  const { params } = finding as { params: Record<string, unknown> };
  const subject = name === '' ? 'The body' : inBody ? `"${name}" in the body` : `The parameter "${name}"`;
  switch (finding.keyword) {
    case 'required': {
      const missing = params.missingProperty as string;
      return inBody ? `${subject} lacks "${missing}".` : `The parameter "${missing}" is missing.`;
    }
    case 'enum':
      return `${subject} must be one of ${(params.allowedValues as string[]).join(', ')}.`;
    case 'type':
      return name === ''
        ? `This request needs a JSON ${params.type} as its body.`
        : `${subject} must be of type ${params.type}.`;
    default:
      return `${subject} ${finding.message}.`;
  }
}
