import { DataType, TimeUnit, type Field, type Schema } from 'apache-arrow';

import type { Column } from '../../../protocol/databranch.js';

/** The columns of an Arrow schema, with plain lower-case type names. */
export function columnsOf(schema: Schema): Column[] {
  return schema.fields.map(({ name, type }) => ({ name, type: typeName(type) }));
}

const UNITS: Record<TimeUnit, string> = {
  [TimeUnit.SECOND]: 's',
  [TimeUnit.MILLISECOND]: 'ms',
  [TimeUnit.MICROSECOND]: 'us',
  [TimeUnit.NANOSECOND]: 'ns'
};
/** By Arrow's Precision: half, single, double. */
const FLOATS = ['float16', 'float', 'double'];

/**
 * What a type means, whatever its layout: a dictionary is the type of its values, and large, view and
 * fixed-size variants are what they vary.
 */
function typeName(type: DataType): string {
  if (DataType.isDictionary(type)) {
    return typeName(type.dictionary);
  }
  if (DataType.isInt(type)) {
    return `${type.isSigned ? 'int' : 'uint'}${type.bitWidth}`;
  }
  if (DataType.isFloat(type)) {
    return FLOATS[type.precision]!;
  }
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) {
    return 'string';
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type)) {
    return 'binary';
  }
  if (DataType.isFixedSizeBinary(type)) {
    return `binary[${type.byteWidth}]`;
  }
  if (DataType.isBool(type)) {
    return 'bool';
  }
  if (DataType.isDecimal(type)) {
    return `decimal(${type.precision}, ${type.scale})`;
  }
  return timeName(type) ?? nestedName(type) ?? String(type).toLowerCase();
}

function timeName(type: DataType): string | undefined {
  if (DataType.isDate(type)) {
    return 'date';
  }
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone && (isUtc(type.timezone) ? 'utc' : type.timezone);
    return zone ? `timestamp[${UNITS[type.unit]}, ${zone}]` : `timestamp[${UNITS[type.unit]}]`;
  }
  if (DataType.isTime(type)) {
    return `time[${UNITS[type.unit]}]`;
  }
  if (DataType.isDuration(type)) {
    return `duration[${UNITS[type.unit]}]`;
  }
  return DataType.isInterval(type) ? 'interval' : undefined;
}

function nestedName(type: DataType): string | undefined {
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    return `list<${typeName(type.valueType)}>`;
  }
  if (DataType.isStruct(type)) {
    return `struct<${type.children.map(fieldName).join(', ')}>`;
  }
  if (DataType.isMap(type)) {
    return `map<${typeName(type.keyType)}, ${typeName(type.valueType)}>`;
  }
  return DataType.isUnion(type) ? `union<${type.children.map(fieldName).join(', ')}>` : undefined;
}

const fieldName = (field: Field) => `${field.name}: ${typeName(field.type)}`;

function isUtc(zone: string): boolean {
  return /^(etc\/)?(utc|gmt|zulu|uct)$|^z$|^[+-]00:?00$/i.test(zone);
}
