.PHONY: run test check demo ui fmt clean-demo

run:
	@scripts/run.sh

test:
	@scripts/test.sh

check:
	@scripts/check.sh

# make demo ARGS="--tamper", or in short: make demo TAMPER=1
demo:
	@. scripts/env.sh && cargo run --locked -q -p stackside-tests --bin demo -- $(if $(TAMPER),--tamper) $(ARGS)

ui:
	@scripts/setup.sh run && scripts/build-ui.sh

fmt:
	@. scripts/env.sh && cargo fmt --all

clean-demo:
	@. scripts/env.sh && rm -rf "$$STACKSIDE_CACHE/demo"

demo fmt clean-demo: SHELL := /bin/bash
