// Preloaded by a test (`node --import`): writes the name of each module that the process loads to the file in LOADED_FILES.
import { register } from 'node:module';

register(
  `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, next) {
    appendFileSync(${JSON.stringify(process.env.LOADED_FILES)}, url + '\\n');
    return next(url, context);
  }
`)}`,
);
