// Package chromiumtest drives a Chromium in tests. All that it asks for, whatever asks for it, goes through a proxy that
// records it and reaches nothing but what the test allows, so a test can say what a page did, and what not.
package chromiumtest

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Variable is the environment variable that names a Chromium. "make browser" sets it.
const Variable = "IBID_TEST_CHROMIUM"

// patience bounds one step in a tab.
const patience = time.Minute

// Browser is a Chromium with an empty profile. It ends with the test.
type Browser struct {
	proxy *proxy
	ctx   context.Context
}

// Start starts the browser that the environment names; without one the test is skipped. Hosts are those that it may reach,
// "127.0.0.1:8470".
func Start(t testing.TB, hosts ...string) *Browser {
	t.Helper()
	program := os.Getenv(Variable)
	if program == "" {
		t.Skip(Variable + ` names no Chromium: "make browser" does`)
	}
	p := startProxy(t, hosts)
	o := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.ProxyServer("http://"+p.address), chromedp.Flag("proxy-bypass-list", "<-loopback>"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en"))
	// The browser outlives the context of the test, which ends before what t.Cleanup does.
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), o...)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("end the browser: %v", err)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return &Browser{p, ctx}
}

// Asked is what was asked for since it was last called, in order.
func (b *Browser) Asked() []Request { return b.proxy.taken() }

// Allow lets nothing be reached from now on but these hosts.
func (b *Browser) Allow(hosts ...string) { b.proxy.allow(hosts) }

// Tab is a tab. It is closed with the test, if not before.
type Tab struct {
	t     testing.TB
	ctx   context.Context
	close context.CancelFunc
}

// Tab opens one.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	return &Tab{t, ctx, cancel}
}

// Close closes it.
func (tab *Tab) Close() { tab.close() }

// do does one thing, within the time there is for it.
func do[T any](tab *Tab, what string, action chromedp.Action[T]) T {
	tab.t.Helper()
	// Only a tab that is open may have a bound: it would be that of its life.
	err := chromedp.Do(tab.ctx)
	var v T
	if err == nil {
		ctx, cancel := context.WithTimeout(tab.ctx, patience)
		defer cancel()
		v, err = chromedp.Run(ctx, action)
	}
	if err != nil {
		tab.t.Fatalf("%s: %v", what, err)
	}
	return v
}

// Open goes to an address and waits until it is loaded.
func (tab *Tab) Open(address string) {
	tab.t.Helper()
	do(tab, "open "+address, chromedp.Navigate(address))
}

// Show sets how wide and high the page is seen, and whether in the dark.
func (tab *Tab) Show(width, height int64, scheme string) {
	tab.t.Helper()
	do(tab, "resize", chromedp.EmulateViewport(width, height))
	do(tab, "set the colour scheme", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return chromedp.Void{}, err
	})
}

// Type writes text into a field.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	do(tab, "write into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Choose gives files to a field that takes some.
func (tab *Tab) Choose(selector string, files ...string) {
	tab.t.Helper()
	do(tab, "choose files for "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Click clicks on an element, and waits until the page to which that leads is loaded.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	do(tab, "click on "+selector, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
		return chromedp.Void{}, err
	})
}

// Picture is a picture of the whole page, as PNG.
func (tab *Tab) Picture() []byte {
	tab.t.Helper()
	return do(tab, "take a picture", chromedp.FullScreenshot(100))
}

// Await waits until a script is true.
func (tab *Tab) Await(script string) {
	tab.t.Helper()
	do(tab, "await "+script, chromedp.Poll[chromedp.Void](script, chromedp.WithPollingInterval(50*time.Millisecond)))
}

// Eval is the value of a script, or of its promise.
func Eval[T any](tab *Tab, script string) T {
	tab.t.Helper()
	return do(tab, "run a script", chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}
