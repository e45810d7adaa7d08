import { AMOUNT_MAX } from '../catalog/paging.js';
import type { ObjectSchema, PropertySchema } from './validation.js';

/** Pieces of the routes' schemas, with the limits of the API description. */
export const text: PropertySchema = { type: 'string' };
export const flag: PropertySchema = { type: 'boolean' };
export const integer: PropertySchema = { type: 'integer' };
export const textMap: PropertySchema = { type: 'object', additionalProperties: { type: 'string' } };
export const textList: PropertySchema = { type: 'array', items: { type: 'string' } };
export const oneOf = (...values: string[]): PropertySchema => ({ type: 'string', enum: values });

/** Which page of a list. */
export const paging = {
  after: text,
  amount: { type: 'integer', minimum: -1, maximum: AMOUNT_MAX } satisfies PropertySchema,
  prefix: text
};

/** Which page of a list of paths. */
export const pathPaging = { ...paging, delimiter: text };

export function object(properties: Record<string, PropertySchema>, ...required: string[]): ObjectSchema {
  return { type: 'object', properties, required };
}

/** Path parameters, as the handlers get them. */
export interface InRepository {
  repository: string;
}
export interface OnBranch extends InRepository {
  branch: string;
}
export interface AtRef extends InRepository {
  ref: string;
}

/** Query parameters of a listing. */
export interface Paging {
  after?: string;
  amount?: number;
  prefix?: string;
}
export interface PathPaging extends Paging {
  delimiter?: string;
}
