"""One file per family: the modules and their stepper."""
