import { toJson } from '../../api.ts';
import type { Formatter } from './format.ts';

/** ESLint's result shape (`result.ts`), as one line. */
export const formatJson: Formatter = (results) => `${JSON.stringify(results.map(toJson))}\n`;
