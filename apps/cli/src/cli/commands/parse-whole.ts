// Whole numbers as they are typed behind options.
import { InvalidArgumentError } from 'commander';

export function parseWhole(text: string, min: number, max: number): number {
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
}
