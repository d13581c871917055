"""The small package that the notebooks import: one room a job, each short enough to read in one sitting."""
