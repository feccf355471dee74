"""Phase 2: a skeleton becomes a prompt, a prompt becomes a draft."""
