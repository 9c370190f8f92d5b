"""Papers as PDF: answer forms, score sheets, packets. The only part of packets that draws."""
