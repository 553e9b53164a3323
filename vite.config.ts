import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { kitConfig } from './kit.config.ts';

export default defineConfig({
  plugins: [sveltekit(kitConfig)],
});
