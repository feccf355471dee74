"""``python -m causalsynth``: the same as ``causalsynth``."""

from causalsynth.cli import main

if __name__ == "__main__":
    main()
