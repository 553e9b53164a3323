// Placeholder until the kernel worker is written: an empty script.
export {};
