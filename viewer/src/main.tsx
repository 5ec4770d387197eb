// Starts the page.
import '../../src/noEval.js';
import { render } from 'preact';
import '../../src/page/base.css';
import '../../src/page/player.css';
import './style.css';
import { App } from './app.js';
import { start } from './store.js';
import './theme.js';

render(<App />, document.getElementById('app')!);
void start();
