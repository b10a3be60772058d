package chromiumtest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// allText is the text of a document, and of all that it lets scripts see of the frames in it.
const allText = `(function text(root) {
	let all = root.body ? root.body.innerText : "";
	for (const e of root.querySelectorAll("*")) {
		if (e.shadowRoot) all += text(e.shadowRoot);
		if (e.contentDocument) all += text(e.contentDocument);
	}
	return all;
})(document)`

// Text waits until some text is seen in the page, or in frames of its origin, and returns all of it. The test fails when it
// is not seen within a minute.
func (tab *Tab) Text(want string) string {
	tab.t.Helper()
	return tab.await(want, func(ctx context.Context) (string, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[string](allText))
	})
}

// FrameText is that of the frame in the page, which is of another origin.
func (tab *Tab) FrameText(want string) string {
	tab.t.Helper()
	return tab.await(want, tab.frameText)
}

// await reads a text until want is in it. A page that goes on to another one cannot be read for a while.
func (tab *Tab) await(want string, read func(context.Context) (string, error)) string {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := read(ctx)
		if err == nil && strings.Contains(text, want) {
			return text
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tab.t.Fatalf("%q is not seen in %q, %v", want, text, err)
		}
	}
}

var errNoFrame = errors.New("there is no frame")

// frameText is the text of the frame: in a process of its own, as those without an origin are, it is a target.
func (tab *Tab) frameText(ctx context.Context) (string, error) {
	all, err := chromedp.Targets(ctx)
	if err != nil {
		return "", err
	}
	own := chromedp.FromContext(ctx).Target.TargetID
	for _, a := range all {
		if a.Type == "iframe" && a.ParentID == own {
			frame, cancel := chromedp.NewContext(ctx, chromedp.WithTargetID(a.TargetID))
			defer cancel()
			return chromedp.Run(frame, chromedp.Evaluate[string](allText))
		}
	}
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil || len(tree.FrameTree.ChildFrames) == 0 {
		return "", errors.Join(errNoFrame, err)
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.ChildFrames[0].Frame.ID})
	if err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[string](allText, func(p *runtime.EvaluateParams) { p.ContextID = world.ExecutionContextID }))
}
