import './server-process.ts';
import './languages.ts';
import './fix-all.ts';
import './suppression.ts';
import './settings.ts';
import './navigation.ts';
import './commands.ts';
import './snippets.ts';
