"""Pure rules: what dates, ages, numbers, codes and places in public trial records mean."""
