# eventsmith: `make run` starts the platform and shows one event; `make test` runs every test.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
EXTRA ?= cpu
BIN := .venv/bin
# Worker processes of vLLM start ten seconds sooner from bytecode.
unexport PYTHONDONTWRITEBYTECODE

# glibc gives large blocks back after every step of a training, and faults them in again: a seventh of its time.
KEEP_MEMORY := MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=536870912

.PHONY: help run setup test check lint lock model model-check meaning scorer compare simulate load soak chaos bench bench-growth prove-rules prove-alerts prove-deploy prove-wire prove-injection prove-leaks prove-fairness churn supply-chain sbom licences dashboards docs clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## start the platform on 127.0.0.1:8000 and write one event (ONCE=1: stop after it)
	@$(BIN)/eventsmith up $(if $(ONCE),--once,--ask) $(if $(PORT),--port $(PORT))

setup: .venv/.installed-$(EXTRA) ## prepare .venv from the committed lock

.venv/.installed-$(EXTRA): requirements-$(EXTRA).lock deploy/requirements-uv.lock pyproject.toml deploy/scripts/setup.sh
	@deploy/scripts/setup.sh $(EXTRA)

test: setup ## the whole test suite, end to end included
	@$(BIN)/python -m pytest tests/unit --numprocesses 2 --dist loadfile  # whose tests share nothing
	@$(BIN)/python -m pytest tests/integration tests/e2e

check: lint test ## what CI runs: linters, types, layers, tests

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache  # a cache of what was imported once hides what is imported now
	@$(BIN)/pyright

lock: setup ## resolve the dependencies anew into requirements-*.lock
	@deploy/scripts/lock.sh

model: setup ## train the bundled model from its corpus (resumes after an interruption)
	@$(KEEP_MEMORY) $(BIN)/python -m serve.models.train --resume

model-check: setup ## ask the bundled model for events it never learnt from, and hold it to its gates
	@$(BIN)/python -m evaluation.bundled.check

meaning: setup ## learn anew, from the tuning half of the corpus, what texts mean
	@$(BIN)/python -m evaluation.meaning

compare: setup ## compare ways of sampling the bundled model, and log them to MLflow (SUITE=file)
	@$(BIN)/eventsmith-eval run $(or $(SUITE),configs/evaluation/smoke.yaml)

simulate: setup ## play two thousand games against the event pool, and hold it to its bars
	@$(BIN)/eventsmith-eval simulate

scorer: setup ## put defects into good events, and hold the scorer to finding them
	@$(BIN)/eventsmith-eval scorer

load: setup ## players in an open loop, held to the objectives (PROFILE=smoke|objective|ramp|spike|soak, URL= DURATION= RATE= MLFLOW=1)
	@$(BIN)/python -m loadtest.run --profile $(or $(PROFILE),objective) $(if $(URL),--url $(URL)) $(if $(DURATION),--duration $(DURATION)) $(if $(RATE),--rate $(RATE)) $(if $(MLFLOW),--mlflow)

soak: setup ## the same load with faults for HOURS (1; a fraction will do): does it leak, does it always answer (URL= PID=)
	@$(BIN)/python -m loadtest.soak --hours $(or $(HOURS),1) $(if $(URL),--url $(URL)) $(if $(PID),--pid $(PID))

chaos: setup ## half an hour: everything the platform stands on breaks under load, one thing at a time (SCENARIOS=)
	@$(BIN)/python -m loadtest.chaos $(if $(SCENARIOS),--scenarios $(SCENARIOS))

prove-fairness: setup ## one client floods, another plays on: quotas and turns at the engine
	@$(BIN)/python -m loadtest.fairness

churn: setup ## a quarter of an hour of players never seen before in every situation: does anything grow
	@$(BIN)/python -m loadtest.churn

bench: setup ## side by side: a bare server, vLLM's own, LiteLLM; tokens; what scoring, evaluating and being observed cost
	@$(BIN)/python -m loadtest.bench_hit_path
	@$(BIN)/python -m loadtest.bench_vs_vllm
	@$(BIN)/python -m loadtest.bench_vs_gateway
	@$(BIN)/python -m loadtest.bench_tokens
	@$(BIN)/python -m loadtest.bench_scorer
	@$(BIN)/python -m loadtest.bench_evaluation
	@$(BIN)/python -m loadtest.bench_metrics_cost

bench-growth: setup ## a quarter of an hour: cost by replicas and by players, and every setting of the engine
	@$(BIN)/python -m loadtest.bench_scale
	@$(BIN)/python -m loadtest.bench_engine

prove-rules: setup ## a hundred thousand drafts and states through every path that serves: no event breaks a rule (CASES= SEED=)
	@$(BIN)/python -m pytest -q -m proof tests/proofs/test_rules.py

prove-alerts: setup ## an engine that hangs: alert, Slack, flag off, and back, with real Prometheus and Alertmanager
	@$(BIN)/python -m pytest -q -m proof tests/proofs/test_alerts.py

prove-deploy: setup ## the image built, everything around it started, Redis killed and back, in containers
	@$(BIN)/python -m pytest -q -m proof tests/proofs/test_deploy.py

prove-wire: setup ## thousands of calls drawn from the OpenAPI document, on the live platform: every answer is one it tells of (EXAMPLES=)
	@$(BIN)/python -m pytest -q -m proof tests/proofs/test_interface.py

prove-injection: setup ## a hundred texts that try to reach the model, through every field, each with a real completion
	@$(BIN)/python -m pytest -q -m proof tests/proofs/test_injection.py

prove-leaks: setup ## canaries for every secret and all that players send, searched for in everything the platform wrote
	@$(BIN)/python -m pytest -q -m proof tests/proofs/test_leaks.py

supply-chain: setup ## what the images are made of: hashes, known vulnerabilities, licences, the bill of materials (OSV_URL=a mirror)
	@$(BIN)/python -m deploy.supply_chain $(if $(OSV_URL),--osv-url $(OSV_URL))

sbom: setup ## write the bill of materials into deploy/sbom, and docs/licences.md
	@$(BIN)/python -m deploy.supply_chain --no-audit --write

licences: sbom ## the same

dashboards: setup ## write Grafana's dashboards anew from their code
	@$(BIN)/python -m grafana

docs: setup ## build the documents' site into .eventsmith/site, strictly; no network is needed
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo .eventsmith/site/index.html

clean: ## remove the environment and everything that was generated
	@rm -rf .venv .eventsmith .pytest_cache .ruff_cache .hypothesis
