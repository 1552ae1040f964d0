"""The front door: command line, settings, wiring, the weekly run."""

import os

# LightGBM's threads wait for each other in a busy loop unless told otherwise before it is loaded; where the cores have
# other work too, training then takes several times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
