package ibid

// Collection is a named set of Documents and Seeds with one policy. Deduplication does not cross its border.
type Collection struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
}

// DefaultCollection is the Collection of whoever names none.
const DefaultCollection = "default"
