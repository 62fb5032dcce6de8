import parser from '@typescript-eslint/parser';
import sonarjs from 'eslint-plugin-sonarjs';

export default [{ files: ['**/*.{js,ts}'], languageOptions: { parser }, plugins: { sonarjs }, rules: { 'sonarjs/cors': 'error' } }];
