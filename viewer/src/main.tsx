// Starts the page.
import { render } from 'preact';
import '../../src/report/page/base.css';
import '../../src/report/page/player.css';
import './style.css';
import { App } from './app.js';
import { start } from './store.js';
import './theme.js';

render(<App />, document.getElementById('app')!);
void start();
