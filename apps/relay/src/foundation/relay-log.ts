// The part of fastify's logger that the relay writes to: one JSON object a line.

export interface RelayLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}
