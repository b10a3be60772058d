# The targets that people and CI call. `make` alone lists them. Only Go is needed for build, test, race,
# fuzz, bench, cover and demo; `make tools` fetches the rest, to a folder outside the repository.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TOOLS         ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ibid-tools
GOLANGCI_LINT := golangci-lint@v2.15.0
GOVULNCHECK   := govulncheck@v1.9.0
WARCIO        := warcio@2.4.11
CITATIONJS    := 0.8.2
AXE           := axe-core@4.14.1
REPLAYWEB     := replaywebpage@2.5.3
MINIO         := minio@v0.0.0-20260212201848-7aac2a2c5b7c
VERSITYGW     := versitygw@v1.8.0

VERSION  ?= dev
LDFLAGS  := -s -w -X main.release=$(VERSION)
FUZZTIME ?= 30s
FUZZJOBS ?=
FUZZ     ?= .
RACE     ?= ./...
TESTFLAGS ?=
KILLS    ?= 200
SOAK     ?= 10m
BENCH    ?= .
# The tests that need a foreign tool run where `make tools` was run, and are skipped elsewhere.
export IBID_WARCIO := $(wildcard $(TOOLS)/$(WARCIO)/node_modules/warcio)
export IBID_CITATIONJS := $(wildcard $(TOOLS)/citation-js@$(CITATIONJS)/node_modules)

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.PHONY: build
build: ## dist/ibid, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o dist/ibid ./cmd/ibid
	@! ldd dist/ibid >/dev/null 2>&1 || { echo 'dist/ibid is not static:'; ldd dist/ibid; exit 1; }

.PHONY: test
test: ## every test; TESTFLAGS=-v for more words
	go test $(TESTFLAGS) ./...

# What starts servers for tests: each runs the command that follows it with servers of its own.
SERVERS = MINIO='$(TOOLS)/$(MINIO)' VERSITYGW='$(TOOLS)/$(VERSITYGW)' .ci/s3 .ci/postgres

.PHONY: test-servers
test-servers: $(TOOLS)/$(MINIO) $(TOOLS)/$(VERSITYGW) ## the same, with the servers that some of them need
	$(SERVERS) go test $(TESTFLAGS) ./...

.PHONY: services
services: $(TOOLS)/$(MINIO) $(TOOLS)/$(VERSITYGW) ## start those servers, and say how tests find them
	@$(SERVERS) .ci/services

.PHONY: race
race: ## the same tests in RACE (./...) under the race detector, but the longest and those that start the program for each command (needs a C compiler)
	CGO_ENABLED=1 go test -race -short -skip '^Test(Scripts|Killed)' $(RACE)

.PHONY: lint
lint: $(TOOLS)/$(GOLANGCI_LINT) ## gofmt, go vet and golangci-lint
	@unformatted=$$(gofmt -l .); [[ -z $$unformatted ]] || { echo "not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; }
	go vet ./...
	'$<' run ./...

.PHONY: vuln
vuln: $(TOOLS)/$(GOVULNCHECK) ## known vulnerabilities in what is called
	.ci/vuln '$<'

.PHONY: fuzz
fuzz: ## fuzz targets matching FUZZ (default all) for FUZZTIME (30s), FUZZJOBS at once (one a processor)
	.ci/fuzz $(FUZZTIME) "$(FUZZJOBS)" '$(FUZZ)'

.PHONY: bench
bench: ## benchmarks matching BENCH (default all), with memory; ".ci/postgres make bench" has those of PostgreSQL
	go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 30m ./...

.PHONY: score
score: ## recall and precision of citation extraction over CORPUS=folder
	@[[ -n '$(CORPUS)' ]] || { echo 'which folder? make score CORPUS=FOLDER'; exit 2; }
	go test ./internal/citation -count=1 -v -run TestScore -corpus '$(abspath $(CORPUS))'

.PHONY: score-metadata
score-metadata: ## titles, authors, dates and languages read right over CORPUS=folder
	@[[ -n '$(CORPUS)' ]] || { echo 'which folder? make score-metadata CORPUS=FOLDER'; exit 2; }
	go test ./internal/metadata -count=1 -v -run TestScore -corpus '$(abspath $(CORPUS))'

.PHONY: score-rescue
score-rescue: ## recorded answers of the Internet Archive in CORPUS=folder, read as they are meant
	@[[ -n '$(CORPUS)' ]] || { echo 'which folder? make score-rescue CORPUS=FOLDER'; exit 2; }
	go test ./internal/rescue -count=1 -v -run TestRecorded -corpus '$(abspath $(CORPUS))'

.PHONY: interop
interop: $(TOOLS)/$(WARCIO)/node_modules/warcio $(TOOLS)/citation-js@$(CITATIONJS)/node_modules ## what we write, read by warcio.js and citation.js (needs node and npm)
	IBID_WARCIO='$<' IBID_CITATIONJS='$(word 2,$^)' go test ./archive ./cmd/ibid ./internal/citeform -count=1 -v -run '^Test(Warcio|CitationJS)'

.PHONY: browser
browser: $(TOOLS)/$(AXE)/node_modules/axe-core $(TOOLS)/$(REPLAYWEB)/package ## pages, what is archived and attacks in Chromium; pictures of all pages in dist/pictures
	@mkdir -p dist/pictures
	IBID_AXE='$</axe.min.js' IBID_REPLAYWEB='$(TOOLS)/$(REPLAYWEB)/package' IBID_PICTURES='$(CURDIR)/dist/pictures' .ci/chromium go test ./internal/chromiumtest ./internal/replay ./cmd/ibid -count=1 -p 1 -run 'InABrowser$$'

.PHONY: replay-assets
replay-assets: $(TOOLS)/$(REPLAYWEB)/package ## dist/replaywebpage, the files of ReplayWeb.page (AGPL) for server.replay_assets
	@mkdir -p dist/replaywebpage
	cp $(addprefix '$<'/,sw.js LICENSE) dist/replaywebpage/

.PHONY: demo
demo: ## the main job on a bundled document and a bundled web
	go run ./cmd/ibid demo

.PHONY: crash
crash: ## KILLS (200) kills at random moments of a run, and of each other command a fifth as many: nothing lost, nothing twice
	go test ./cmd/ibid -count=1 -v -timeout 60m -run '^Test(Killed(Runs|Commands)|WorkersThatDie)LoseNothing(InABucket)?$$' -kills $(KILLS)

.PHONY: fixity
fixity: ## 10,000 objects in two copies, damaged in 123 places: all found, repaired where one copy is good, nothing wrong served
	go test ./archive -count=1 -v -timeout 60m -run '^Test(Fixity|ReadsRepairOnTheFly)$$' -fixity 10000

.PHONY: soak
soak: ## SOAK (10m) of kills and stops of schedulers and workers: each due time once, nothing lost, nothing twice
	.ci/postgres go test ./cmd/ibid -count=1 -v -timeout 60m -run '^TestSchedulesOutliveTheirProcesses$$' -soak $(SOAK)

.PHONY: cover
cover: ## coverage by package, and dist/cover.html
	@mkdir -p dist
	go test -coverpkg=./... -coverprofile=dist/cover.out ./... && go tool cover -html=dist/cover.out -o dist/cover.html

.PHONY: tools
tools: $(TOOLS)/$(GOLANGCI_LINT) $(TOOLS)/$(GOVULNCHECK) $(TOOLS)/$(WARCIO)/node_modules/warcio $(TOOLS)/citation-js@$(CITATIONJS)/node_modules $(TOOLS)/$(AXE)/node_modules/axe-core $(TOOLS)/$(REPLAYWEB)/package $(TOOLS)/$(MINIO) $(TOOLS)/$(VERSITYGW) ## fetch the tools of lint, vuln, interop and browser, and the servers of tests

.PHONY: clean
clean: ## remove what was built here
	rm -rf dist ibid

# A tool is a file that is named with its version, so another version is another file.
$(TOOLS)/$(GOLANGCI_LINT): MODULE := github.com/golangci/golangci-lint/v2/cmd/$(GOLANGCI_LINT)
$(TOOLS)/$(GOVULNCHECK): MODULE := golang.org/x/vuln/cmd/$(GOVULNCHECK)
# Test tools only; MinIO is under the AGPL. Each takes minutes to build, once a machine.
$(TOOLS)/$(MINIO): MODULE := github.com/minio/$(MINIO)
$(TOOLS)/$(VERSITYGW): MODULE := github.com/versity/versitygw/cmd/$(VERSITYGW)
$(TOOLS)/$(GOLANGCI_LINT) $(TOOLS)/$(GOVULNCHECK) $(TOOLS)/$(MINIO) $(TOOLS)/$(VERSITYGW):
	GOBIN='$@.new' CGO_ENABLED=0 go install '$(MODULE)'
	mv '$@.new'/* '$@' && rmdir '$@.new'

# Packages of npm, of which none runs anything of its own when it is installed.
NPM_INSTALL = npm install --silent --no-audit --no-fund --ignore-scripts
$(TOOLS)/$(WARCIO)/node_modules/warcio:
	$(NPM_INSTALL) --prefix '$(TOOLS)/$(WARCIO)' '$(WARCIO)'
$(TOOLS)/citation-js@$(CITATIONJS)/node_modules:
	$(NPM_INSTALL) --prefix '$(@D)' $(foreach part,core plugin-ris plugin-bibtex,'@citation-js/$(part)@$(CITATIONJS)')
$(TOOLS)/$(AXE)/node_modules/axe-core:
	$(NPM_INSTALL) --prefix '$(TOOLS)/$(AXE)' '$(AXE)'
# Only its files: what it depends on is built into them.
$(TOOLS)/$(REPLAYWEB)/package:
	mkdir -p '$(@D)'
	npm pack --silent --pack-destination '$(@D)' '$(REPLAYWEB)'
	tar -xzf '$(@D)/$(subst @,-,$(REPLAYWEB)).tgz' -C '$(@D)'
