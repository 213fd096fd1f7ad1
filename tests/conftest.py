"""One torch thread for the tests: small tensors gain nothing from more, and the suite shares its cores."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
