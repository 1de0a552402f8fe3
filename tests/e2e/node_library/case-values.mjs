// What the JSON of a case stands for (clients/cases/README.md).
import { Decimal } from "dynamodb-log";

const special = {
  $decimal: (text) => new Decimal(text),
  $binary: (base64) => new Uint8Array(Buffer.from(base64, "base64")),
  $strings: (texts) => new Set(texts),
  $numbers: (texts) => new Set(texts.map(Number)),
  $repeat: ([text, count]) => text.repeat(count),
  $depth: (levels) => Array.from({ length: levels - 1 }).reduce((inner) => [inner], []),
};

export function expand(value) {
  if (Array.isArray(value)) return value.flatMap((one) => (one?.$events ? manyEvents(one.$events) : [expand(one)]));
  if (typeof value !== "object" || value === null) return value;
  const [name, ...others] = Object.keys(value);
  if (others.length === 0 && Object.hasOwn(special, name)) return special[name](value[name]);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expand(member)]));
}

function manyEvents([count, event]) {
  return Array.from({ length: count }, (_, i) => {
    const numbered = JSON.parse(JSON.stringify(event).replaceAll("%", String(i + 1)));
    return expand("version" in event ? { ...numbered, version: i + 1 } : numbered);
  });
}
