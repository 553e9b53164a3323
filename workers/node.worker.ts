// Placeholder until the node worker is written: an empty script.
export {};
