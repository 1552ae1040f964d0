"""Speed and memory against named baselines, measured side by side on made-up households."""
